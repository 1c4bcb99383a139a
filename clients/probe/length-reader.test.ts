import { expect, test } from 'vitest';
import { asInstant } from '../../bench/contract/units.ts';
import { AT, pushInReads } from './cut.ts';
import { LengthReader } from './length-reader.ts';

test.each([1, 3, 100])(
  'a body of a known length ends with its last byte, in reads of %i',
  (readBytes) => {
    let text = '';
    let ends = 0;
    const reader = new LengthReader(
      { push: (buffer, start, end) => void (text += buffer.toString('latin1', start, end)) },
      11,
      () => ends++,
    );
    expect(pushInReads(reader, Buffer.from('hello world'), [readBytes])).toBeUndefined();
    expect([text, ends]).toEqual(['hello world', 1]);
  },
);

test('bytes beyond the length are a failure', () => {
  const reader = new LengthReader({ push: () => {} }, 5, () => {});
  expect(pushInReads(reader, Buffer.from('hello!'), [6])?.message).toBe(
    '1 bytes follow the end of the body',
  );
});

test('the end has the stamp of the read that brought the last byte', () => {
  const ends: number[] = [];
  const reader = new LengthReader({ push: () => {} }, 2, (at) => void ends.push(at));
  reader.push(Buffer.from('a'), 0, 1, AT);
  reader.push(Buffer.from('b'), 0, 1, asInstant(9));
  expect(ends).toEqual([9]);
});
