import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkedReader, MAX_CHUNK_BYTES } from './chunked-reader.ts';
import { arbitraryReads, pushInReads } from './cut.ts';

interface Decoded {
  body: Buffer;
  ends: number;
  failure: string | undefined;
}

function decode(coded: Buffer | string, reads: readonly number[] = [1_000_000]): Decoded {
  const spans: Buffer[] = [];
  let ends = 0;
  const reader = new ChunkedReader(
    { push: (buffer, start, end) => spans.push(Buffer.from(buffer.subarray(start, end))) },
    () => ends++,
  );
  const failure = pushInReads(reader, Buffer.from(coded as string), reads)?.message;
  return { body: Buffer.concat(spans), ends, failure };
}

const arbitraryChunk = fc.record({
  data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  extension: fc.constantFrom('', ';a', ';a=b;c="d;e"', ' ;x', '\t'),
  isUpperCase: fc.boolean(),
  zeros: fc.constantFrom('', '0', '000'),
});

test('the data of all chunks is handed on, wherever reads end, and the end once', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryChunk),
      fc.constantFrom('', 'A: b\r\n', 'A: b\r\nC:\r\n'),
      arbitraryReads,
      (chunks, trailers, reads) => {
        const coded = chunks.flatMap(({ data, extension, isUpperCase, zeros }) => {
          const size = data.length.toString(16);
          return [
            Buffer.from(`${zeros}${isUpperCase ? size.toUpperCase() : size}${extension}\r\n`),
            data,
            Buffer.from('\r\n'),
          ];
        });
        const decoded = decode(
          Buffer.concat([...coded, Buffer.from(`0\r\n${trailers}\r\n`)]),
          reads,
        );
        expect(decoded.failure).toBeUndefined();
        expect(decoded.ends).toBe(1);
        expect(decoded.body.equals(Buffer.concat(chunks.map(({ data }) => data)))).toBe(true);
      },
    ),
    { seed: 2 },
  );
});

test('the bound on extensions is one for each chunk, not for the body', () => {
  const { failure, ends } = decode(`${`1;${'e'.repeat(1000)}\r\nx\r\n`.repeat(100)}0\r\n\r\n`);
  expect({ failure, ends }).toEqual({ failure: undefined, ends: 1 });
});

test('a chunk within one read is handed on as one span of the read buffer', () => {
  const buffer = Buffer.from('5\r\nhello\r\n');
  const spans: unknown[] = [];
  new ChunkedReader({ push: (...span) => spans.push(span) }, () => {}).push(
    buffer,
    0,
    buffer.length,
    9 as never,
  );
  expect(spans).toEqual([[buffer, 3, 8, 9]]);
});

describe('malformed coding is a failure that says what and where', () => {
  test.each([
    ['zz\r\n', '"z" instead of a chunk size, at byte 0 of the body'],
    ['\r\n', '0x0d instead of a chunk size, at byte 0 of the body'],
    ['5\nhello\r\n', '0x0a instead of a chunk size, at byte 1 of the body'],
    ['5\rhello', '"h" instead of LF after the chunk size, at byte 2 of the body'],
    ['5\r\nhello!\r\n', '"!" instead of CR after the chunk, at byte 8 of the body'],
    ['5\r\nhello\rx', '"x" instead of LF after the chunk, at byte 9 of the body'],
    ['5;a\nhello', 'LF without CR in a chunk extension, at byte 3 of the body'],
    ['0\r\n\r\nx', '"x" instead of nothing after the end of the body, at byte 5 of the body'],
    ['0\r\nA: b\rx', '"x" instead of LF after a trailer field, at byte 8 of the body'],
    ['0\r\n\rx', '"x" instead of LF at the end of the body, at byte 4 of the body'],
    ['40000001\r\n', 'chunk of more than 1073741824 bytes at byte 7 of the body'],
    ['00000000000000001\r\n', 'chunk of more than 1073741824 bytes at byte 16 of the body'],
    [
      `1;${'e'.repeat(16_385)}\r\n`,
      'chunk extension of more than 16384 bytes at byte 16386 of the body',
    ],
    [
      `0\r\n${'A: b\r\n'.repeat(5000)}`,
      'trailer section of more than 16384 bytes at byte 24579 of the body',
    ],
  ])('%j', (coded, message) => {
    for (const reads of [[1_000_000], [1], [3]])
      expect(decode(coded, reads).failure).toContain(message);
  });
});

test('a body that is followed by anything in the same read has no end', () => {
  expect(decode('0\r\n\r\nHTTP/1.1 200 OK').ends).toBe(0);
});

/** Reference decoder, by regular expressions over a whole body (latin1): slow, but plain. */
function decodePlainly(coded: string): { body: string; isWhole: boolean } {
  let body = '';
  let rest = coded;
  for (;;) {
    const size = /^([\da-f]+)(?:[ \t;][^\r\n]*)?\r\n/i.exec(rest);
    const chunkBytes = Number.parseInt(size?.[1] ?? '', 16);
    if (size === null || chunkBytes > MAX_CHUNK_BYTES) return { body, isWhole: false };
    rest = rest.slice(size[0].length);
    if (chunkBytes === 0) return { body, isWhole: /^(?:[^\r\n]+\r\n)*\r\n$/.test(rest) };
    body += rest.slice(0, chunkBytes);
    rest = rest.slice(chunkBytes);
    if (!rest.startsWith('\r\n')) return { body, isWhole: false };
    rest = rest.slice(2);
  }
}

test('of arbitrary bytes exactly the chunks are handed on, and reads make no difference', () => {
  const noise = fc.array(
    fc.oneof(
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }) },
      {
        weight: 6,
        arbitrary: fc
          .constantFrom('\r\n', '1\r\nx\r\n', '0\r\n', 'a: b\r\n', '3', ';', ' ', '\r', '\n')
          .map((text) => Buffer.from(text)),
      },
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(noise, arbitraryReads, (parts, reads) => {
      const coded = Buffer.concat(parts);
      const plain = decodePlainly(coded.toString('latin1'));
      const whole = decode(coded);
      expect({ body: whole.body.toString('latin1'), isWhole: whole.ends === 1 }).toEqual(plain);
      const cut = decode(coded, reads);
      expect({ body: cut.body, failure: cut.failure }).toEqual({
        body: whole.body,
        failure: whole.failure,
      });
      expect(whole.failure ?? 'at byte 0 of the body').toMatch(/at byte \d+ of the body$/);
    }),
    { seed: 3, numRuns: 3000 },
  );
});
