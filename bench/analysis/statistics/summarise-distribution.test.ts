import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import { seededDraw } from '../../contract/random.ts';
import { nearestRank } from './quantile.ts';
import { effectiveCount, summariseDistribution } from './summarise-distribution.ts';

test('a quantile is the smallest sample that q of the samples do not exceed', () => {
  const sorted = Float64Array.of(10, 20, 30, 40);
  expect([0, 0.25, 0.26, 0.5, 0.75, 0.99, 1].map((q) => nearestRank(sorted, q))).toEqual([
    10, 10, 20, 20, 30, 40, 40,
  ]);
});

test('there is no quantile without samples', () => {
  expect(nearestRank(new Float64Array(0), 0.5)).toBeUndefined();
  expect(summariseDistribution(new Float64Array(0))).toBeUndefined();
});

test('the thousand numbers 1…1000 are summarised exactly', () => {
  const summary = summariseDistribution(
    Float64Array.from({ length: 1000 }, (_, index) => 1000 - index),
  );
  expect(summary?.count).toBe(1000);
  expect(summary?.mean).toBe(500.5);
  expect(([0, 0.5, 0.9, 0.99, 0.999, 1] as const).map((q) => quantileOf(summary, q))).toEqual([
    1, 500, 900, 990, 999, 1000,
  ]);
});

test('samples that rise slowly count for far fewer, samples that alternate for no more than they are', () => {
  const rising = summariseDistribution(Float64Array.from({ length: 1000 }, (_, index) => index));
  const alternating = summariseDistribution(
    Float64Array.from({ length: 1000 }, (_, index) => index % 2),
  );
  expect(rising?.effectiveCount).toBeLessThan(5);
  expect(alternating?.effectiveCount).toBe(1000);
});

test('equal samples count as they are, one sample as one', () => {
  expect(effectiveCount(new Float64Array(8).fill(3), 3)).toBe(8);
  expect(effectiveCount(Float64Array.of(3), 3)).toBe(1);
});

test('an autoregressive series with ρ = 0.5 counts for a third of its samples', () => {
  const draw = seededDraw(11);
  let at = 0;
  const series = Float64Array.from({ length: 100_000 }, () => (at = 0.5 * at + draw() - 0.5));
  // The standard error of ρ at n = 100 000 is 0.003, which is 0.4 % of n here.
  expect((summariseDistribution(series)?.effectiveCount ?? 0) / 100_000).toBeCloseTo(1 / 3, 2);
});

test('every kept value is one of the samples and the values never fall', () => {
  fc.assert(
    fc.property(
      fc.float64Array({
        noNaN: true,
        noDefaultInfinity: true,
        minLength: 1,
        min: -1e12,
        max: 1e12,
      }),
      (samples) => {
        const values = summariseDistribution(samples)?.values ?? [];
        expect(
          values.every(
            (value, index) => samples.includes(value) && value >= (values[index - 1] ?? -Infinity),
          ),
        ).toBe(true);
      },
    ),
    { seed: 3 },
  );
});
