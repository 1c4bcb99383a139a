import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryReads, pushInReads } from './cut.ts';
import { LineReader } from './line-reader.ts';

test('the lines are those of String#split, wherever reads end', () => {
  const text = fc
    .array(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constant('\n')))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, arbitraryReads, (stream, reads) => {
      const lines: string[] = [];
      const reader = new LineReader((buffer, start, end) =>
        lines.push(buffer.toString('utf8', start, end)),
      );
      expect(pushInReads(reader, Buffer.from(stream), reads)).toBeUndefined();
      const expected = stream.toWellFormed().split('\n');
      const unfinished = expected.pop();
      expect(lines).toEqual(expected);
      expect(reader.hasUnfinishedLine).toBe(unfinished !== '');
    }),
    { seed: 6 },
  );
});

test('a line of more than 2 MiB is a failure that says so', () => {
  const reader = new LineReader(() => {});
  expect(pushInReads(reader, Buffer.alloc(2 ** 21 + 1, 'x'), [65_536])?.message).toBe(
    'a line of more than 2097152 bytes',
  );
});
