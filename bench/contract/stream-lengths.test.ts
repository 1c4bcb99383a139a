import { expect, test } from 'vitest';
import { lengthAt, meanLength, streamLengthsSchema, type StreamLengths } from './stream-lengths.ts';

const lengths: StreamLengths = {
  quantiles: [
    [0, 10],
    [0.5, 20],
    [0.5 + 1e-9, 400],
    [1, 420],
  ],
};

test('a length lies between those of the shares beside it', () => {
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(lengthAt(lengths, share)))).toEqual([
    10, 15, 20, 410, 420,
  ]);
});

test('the mean is that of the two halves', () => {
  expect(meanLength(lengths)).toBeCloseTo((15 + 410) / 2, 4);
});

test.each([
  [
    'shares that do not rise',
    [
      [0, 1],
      [0.5, 2],
      [0.5, 3],
      [1, 4],
    ],
  ],
  [
    'lengths that fall',
    [
      [0, 5],
      [1, 4],
    ],
  ],
  [
    'a table that does not begin at 0',
    [
      [0.1, 1],
      [1, 4],
    ],
  ],
  [
    'a table that does not end at 1',
    [
      [0, 1],
      [0.9, 4],
    ],
  ],
  [
    'a stream without tokens',
    [
      [0, 0],
      [1, 4],
    ],
  ],
])('%s is refused', (_, quantiles) => {
  expect(streamLengthsSchema.safeParse({ quantiles }).success).toBe(false);
});
