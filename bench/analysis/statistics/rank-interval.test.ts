import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isQuantileSupported, rankInterval } from './rank-interval.ts';

test('the ranks of known samples are found', () => {
  expect(rankInterval(500, 0.5)).toEqual({ lower: 228, upper: 273 });
  expect(rankInterval(1000, 0.99)).toEqual({ lower: 983, upper: 997 });
  expect(rankInterval(300, 0.99).upper).toBeUndefined();
});

test('p99 needs 368 independent samples and p99.9 needs 3688', () => {
  expect([367.9, 368].map((count) => isQuantileSupported(0.99, count))).toEqual([false, true]);
  expect([3687, 3688].map((count) => isQuantileSupported(0.999, count))).toEqual([false, true]);
});

test('the extremes are always supported', () => {
  expect([isQuantileSupported(0, 1), isQuantileSupported(1, 1)]).toEqual([true, true]);
});

test('a quantile is supported exactly when both of its ranks exist', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom(0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999),
      (count, q) => {
        const { lower, upper } = rankInterval(count, q);
        expect(isQuantileSupported(q, count)).toBe(lower !== undefined && upper !== undefined);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});
