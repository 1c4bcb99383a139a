import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findFault } from './strict-sse.ts';

const format = { hasIds: true, retryMs: 1000 };
const OPEN =
  'event: open\nid: k3f9.0\nretry: 1000\ndata: {"sid":"7","epoch":"k3f9","from":1,"n":3}\n\n';
const TOKENS = [
  'id: k3f9.1\ndata: {"s":1,"d":" tok"}\n\n',
  'id: k3f9.2\ndata: {"s":2,"d":"日本 🦀"}\n\n',
  'id: k3f9.3\ndata: {"s":3,"d":"\\n"}\n\n',
];
const DONE = 'event: done\nid: k3f9.4\ndata: {"s":4,"n":3,"sha256":"e3b0","finish":"stop"}\n\n';
const BYE = 'event: bye\nretry: 1000\ndata: {}\n\n';
const HEARTBEAT = ':\n\n';
const whole = [OPEN, HEARTBEAT, TOKENS[0], TOKENS[1], HEARTBEAT, TOKENS[2], DONE].join('');

const faultOf = (text: string): string | undefined => findFault(Buffer.from(text), format);

describe('what the twin may send', () => {
  test.each<[string, string]>([
    ['a whole stream with heartbeats', whole],
    ['a stream that ends before its time', OPEN + TOKENS[0] + BYE],
    [
      'one that goes on',
      OPEN.replace('k3f9.0', 'k3f9.2').replace('"from":1', '"from":3') + TOKENS[2] + DONE,
    ],
    [
      'one that goes on after a gap',
      `${OPEN.replace('k3f9.0', 'k3f9.2').replace('"from":1', '"from":3')}event: gap\ndata: {"missing":2,"from":3}\n\n${TOKENS[2]}${DONE}`,
    ],
    [
      'one that skips what a full socket held up',
      `${OPEN}event: gap\ndata: {"missing":1,"from":3}\n\n${TOKENS[2]}${DONE}`,
    ],
  ])('%s', (_what, text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  it('has no ids where its payload has no numbers', () => {
    const text = whole.replaceAll(/^id: .*\n/gm, '');
    expect(findFault(Buffer.from(text), { ...format, hasIds: false })).toBeUndefined();
    expect(faultOf(text)).toBe(
      'block 1, "event: open\\nretry: 1000\\ndata: {\\"sid\\":\\"7\\",\\"epoch\\":\\"k3f9\\",\\"fro": without an id',
    );
  });
});

describe('what it must not send', () => {
  test.each<[string, string, string]>([
    ['CRLF', whole.replaceAll('\n', '\r\n'), 'a CR'],
    ['a BOM', `\uFEFF${whole}`, 'not the form of an event'],
    ['nothing', '', 'no blank line at the end'],
    ['an end within an event', whole.slice(0, -1), 'no blank line at the end'],
    ['no end', OPEN + TOKENS[0], 'neither `done` nor `bye` at the end'],
    ['more after the end', whole + HEARTBEAT, 'after the end'],
    ['a token after the end', OPEN + BYE + TOKENS[0], 'after the end'],
    ['a token before `open`', TOKENS[0] + whole, 'before `open`'],
    ['a second `open`', OPEN + whole, 'a second `open`'],
    ['a token twice', OPEN + TOKENS[0] + TOKENS[0] + BYE, 'token 2 was expected'],
    ['a token too few', OPEN + TOKENS[1] + BYE, 'token 1 was expected'],
    ['`done` before the last token', OPEN + TOKENS[0] + DONE, '`done` 2 was expected'],
    ['another event', OPEN + TOKENS[0] + 'event: note\ndata: {}\n\n' + BYE, 'no event note'],
    ['a token by its name', `${OPEN}event: token\n${TOKENS[0]}${BYE}`, 'no event token'],
    [
      'another field',
      whole.replace('id: k3f9.1\n', 'id: k3f9.1\nfoo: 1\n'),
      'not the form of an event',
    ],
    [
      'another order',
      whole.replace('id: k3f9.0\nretry: 1000\n', 'retry: 1000\nid: k3f9.0\n'),
      'not the form of an event',
    ],
    [
      'two lines of data',
      whole.replace('data: {"s":1', 'data: {}\ndata: {"s":1'),
      'not the form of an event',
    ],
    [
      'no space after a colon',
      whole.replace('data: {"s":1', 'data:{"s":1'),
      'not the form of an event',
    ],
    ['another comment', whole.replace(HEARTBEAT, ': hb\n\n'), 'not the form of an event'],
    [
      'a blank line too many',
      whole.replace(TOKENS[1]!, `\n${TOKENS[1]}`),
      'not the form of an event',
    ],
    ['another epoch', whole.replace('k3f9.2', 'k3f8.2'), 'its id is k3f8.2'],
    ['another sequence', whole.replace('k3f9.2', 'k3f9.3'), 'its id is k3f9.3'],
    ['an id of another form', whole.replace('k3f9.2', 'k3f9-2'), 'k3f9-2 is no id'],
    [
      'another reconnection time',
      whole.replace('retry: 1000', 'retry: 100'),
      'asks for a reconnection time of 100',
    ],
    ['data that is no JSON', whole.replace('{"s":1', '{s:1'), 'its data is no JSON object'],
    [
      'data that is no object',
      whole.replace('{"s":1,"d":" tok"}', '[1]'),
      'its data is no JSON object',
    ],
  ])('%s', (_what, text, fault) => {
    expect(faultOf(text)).toContain(fault);
  });

  it('bytes that are not UTF-8', () => {
    const damaged = Buffer.from(whole);
    damaged[damaged.indexOf('日') + 1] = 0x20;
    expect(findFault(damaged, format)).toBe('not valid UTF-8');
  });
});

/**
 * Offsets of every byte that is not a value of JSON: the bounds of an event, its name and its
 * place.
 */
const framing = (() => {
  const places: number[] = [];
  let at = 0;
  for (const line of whole.split('\n')) {
    const bytes = Buffer.byteLength(line);
    const framed = line.startsWith('data: ') ? 'data: {'.length : bytes;
    for (let i = 0; i < framed; i++) places.push(at + i);
    at += bytes;
    // The end of the line itself.
    if (at < Buffer.byteLength(whole)) places.push(at);
    at++;
  }
  return places;
})();

describe('a byte of framing', () => {
  const stream = Buffer.from(whole);
  const place = fc.constantFrom(...framing);

  it('cannot be changed unnoticed, whichever it is and whatever it becomes', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(stream);
        damaged[at]! ^= mask;
        expect(findFault(damaged, format)).toBeDefined();
      }),
      { seed: 21, numRuns: 5000 },
    );
  });

  it('cannot be taken out unnoticed, whichever it is', () => {
    for (const at of framing) {
      const damaged = Buffer.concat([stream.subarray(0, at), stream.subarray(at + 1)]);
      expect(findFault(damaged, format), `without byte ${at}`).toBeDefined();
    }
  });

  it('cannot be put in twice unnoticed, whichever it is', () => {
    for (const at of framing) {
      const damaged = Buffer.concat([stream.subarray(0, at + 1), stream.subarray(at)]);
      expect(findFault(damaged, format), `with byte ${at} twice`).toBeDefined();
    }
  });
});
