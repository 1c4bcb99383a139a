import { expect, test } from 'vitest';
import { quantileGrid } from '../../contract/distribution.ts';
import { seededDraw } from '../../contract/random.ts';
import { summariseDistribution } from './summarise-distribution.ts';
import { canWindowCarry, supportsQuantile, whyUnsupported } from './tail-support.ts';

/**
 * Ten seconds of 4,000 samples a second, around 1; those that are due in a stall wait for its end.
 */
function tenSeconds(stalls: readonly number[], stallMs: number) {
  const draw = seededDraw(5);
  const timesNs = Float64Array.from({ length: 40_000 }, (_, index) => index * 250_000);
  const samples = timesNs.map((at) => {
    const stall = stalls.find((start) => at >= start * 1e9 && at < start * 1e9 + stallMs * 1e6);
    return stall === undefined ? 1 + draw() : 10 + (stall * 1e9 + stallMs * 1e6 - at) / 1e6;
  });
  return summariseDistribution(samples, timesNs)!;
}

test('p99 of many stalls is supported, p99 of one is not, however many tokens it held up', () => {
  const many = tenSeconds(
    Array.from({ length: 20 }, (_, index) => index / 2),
    5,
  );
  const one = tenSeconds([3.02], 150);
  expect([many, one].map((distribution) => supportsQuantile(0.99, distribution, 10e9))).toEqual([
    true,
    false,
  ]);
  expect([many, one].map((distribution) => supportsQuantile(0.5, distribution, 10e9))).toEqual([
    true,
    true,
  ]);
  expect(one.tailBatches?.[quantileGrid.indexOf(0.99)]).toBeLessThanOrEqual(2);
  expect(supportsQuantile(1, one, 10e9)).toBe(true);
});

test('whether a window can carry a quantile follows from the plan alone', () => {
  expect([1.5e9, 4.9e9, 5e9, 10e9].map((windowNs) => canWindowCarry(0.99, windowNs))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect([0.4e9, 0.5e9].map((windowNs) => canWindowCarry(0.9, windowNs))).toEqual([false, true]);
  expect(canWindowCarry(1, 1)).toBe(true);
  const many = tenSeconds(
    Array.from({ length: 20 }, (_, index) => index / 2),
    5,
  );
  expect(supportsQuantile(0.99, many, 1.5e9)).toBe(false);
});

test('a distribution of an older run is judged by its effective count, and said to lack samples', () => {
  const { tailBatches, ...old } = tenSeconds([3.02], 150);
  expect(
    [368, 367].map((effectiveCount) => supportsQuantile(0.99, { ...old, effectiveCount }, 1.5e9)),
  ).toEqual([true, false]);
  expect(whyUnsupported(0.99, [old])).toBe('too few independent samples');
  expect(whyUnsupported(0.99, [{ ...old, tailBatches }])).toBe(
    'fewer than 10 separate stalls make up its tail',
  );
});

test('samples that are alike within 100 ms count for as many as there are batches', () => {
  const draw = seededDraw(3);
  const levels = Array.from({ length: 100 }, () => draw());
  const timesNs = Float64Array.from({ length: 10_000 }, (_, index) => index * 1e6);
  const alike = summariseDistribution(
    timesNs.map((at) => levels[Math.floor(at / 1e8)] as number),
    timesNs,
  )!;
  expect(alike.effectiveCount).toBeCloseTo(99, 5);
  const independent = summariseDistribution(
    timesNs.map(() => draw()),
    timesNs,
  )!;
  expect(independent.effectiveCount).toBeGreaterThan(7000);
});
