import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HttpHead, HttpHeadReader } from './http-head.ts';

/** The head, and where the body starts, when the bytes come in reads that end at `cuts`. */
function readHead(
  text: string,
  cuts: readonly number[] = [],
): { head: HttpHead | undefined; bodyStart: number | undefined } {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new HttpHeadReader();
  const ends = [...new Set([...cuts, bytes.length])]
    .filter((end) => end > 0 && end <= bytes.length)
    .toSorted((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    const bodyStart = reader.push(bytes, start, end);
    if (bodyStart !== undefined) return { head: reader.head, bodyStart };
    start = end;
  }
  return { head: reader.head, bodyStart: undefined };
}

const HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type:text/event-stream\r\nVary: a\r\nvary: \t b \r\nX-Empty:\r\n\r\n';

describe('a whole head', () => {
  test('gives status, reason, fields by lower-case name, and its length', () => {
    const { head, bodyStart } = readHead(`${HEAD}data: x`);
    expect(head).toEqual({
      status: 200,
      reason: 'OK',
      fields: new Map([
        ['content-type', 'text/event-stream'],
        ['vary', 'a, b'],
        ['x-empty', ''],
      ]),
      headBytes: HEAD.length,
    });
    expect(bodyStart).toBe(HEAD.length);
  });

  test('is the same wherever reads end, and the body starts right behind it', () => {
    const text = `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${HEAD}body`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: text.length })), (cuts) => {
        const { head, bodyStart } = readHead(text, cuts);
        expect(bodyStart).toBe(text.length - 'body'.length);
        expect(head!.status).toBe(200);
        expect(head!.headBytes).toBe(text.length - 'body'.length);
      }),
      { seed: 1 },
    );
  });

  test('may lack a reason', () => {
    expect(readHead('HTTP/1.1 404\r\n\r\n').head).toMatchObject({ status: 404, reason: '' });
  });

  test('ends the search at a 101, which is no interim response', () => {
    expect(readHead('HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00').head).toMatchObject({
      status: 101,
    });
  });
});

test('an unfinished head is undefined', () => {
  expect(readHead('HTTP/1.1 200 OK\r\nA: b\r\n')).toEqual({
    head: undefined,
    bodyStart: undefined,
  });
});

test.each([
  ['another protocol', 'SSH-2.0\r\n', 'begins with "SSH-2.0'],
  ['HTTP/1.0, which has no chunked coding', 'HTTP/1.0 200 OK\r\n\r\n', 'begins with "HTTP/1.0'],
  [
    'a status that is no number',
    'HTTP/1.1 2x0 OK\r\n\r\n',
    'malformed status line "HTTP/1.1 2x0 OK"',
  ],
  [
    'a field without a colon',
    'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n',
    'malformed field line "nonsense"',
  ],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n', 'malformed field line "A : b"'],
  ['a folded field', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 'malformed field line " c"'],
  [
    'a head without end',
    `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(20_000)}`,
    'did not end within 16384 bytes',
  ],
  [
    'interim responses without end',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000),
    'did not end within 16384 bytes',
  ],
])('%s is a protocol failure that says so', (_what, text, message) => {
  expect(() => readHead(text)).toThrow(message);
});
