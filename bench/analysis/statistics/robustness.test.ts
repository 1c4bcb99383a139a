import { expect, test } from 'vitest';
import { estimateMean } from './estimate.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
import { median } from './moments.ts';
import { orderEffect } from './order-effect.ts';

test('the Hodges–Lehmann estimate is the median of all pairwise means', () => {
  // Walsh averages of 1, 2, 6: 1, 1.5, 2, 3.5, 4, 6.
  expect(hodgesLehmann([1, 2, 6])).toBe(2.75);
  expect(hodgesLehmann([])).toBeUndefined();
});

test('one wild block moves the mean but hardly the Hodges–Lehmann estimate', () => {
  expect(hodgesLehmann([0, 1, 2, 3, 1000])).toBe(2);
});

test('a constant advantage of the first arm is found as the order effect', () => {
  const effect = orderEffect([
    { difference: 5, baselineFirst: true },
    { difference: 5, baselineFirst: true },
    { difference: 1, baselineFirst: false },
    { difference: 1, baselineFirst: false },
  ]);
  expect(effect).toEqual({ gamma: 2, low: 2, high: 2 });
});

test('the interval of the order effect is that of a least-squares fit', () => {
  const effect = orderEffect([
    { difference: 1, baselineFirst: true },
    { difference: 3, baselineFirst: true },
    { difference: 0, baselineFirst: false },
    { difference: 2, baselineFirst: false },
  ]);
  // Residual variance 4/2 = 2; standard error √(2/4) = 0.7071; t(0.975, 2) = 4.302653.
  expect(effect?.gamma).toBe(0.5);
  expect(effect?.high).toBeCloseTo(0.5 + 4.302653 * Math.SQRT1_2, 5);
});

test('one order alone tells nothing about the order', () => {
  expect(
    orderEffect([1, 2, 3].map((difference) => ({ difference, baselineFirst: true }))),
  ).toBeUndefined();
});

test('positive values on a ratio scale have a geometric mean, others an arithmetic one', () => {
  expect(estimateMean([1, 4], 'ratio')?.value).toBeCloseTo(2, 12);
  expect(estimateMean([0, 4], 'ratio')?.value).toBe(2);
  expect(estimateMean([1, 4], 'difference')?.value).toBe(2.5);
});

test('one trial has an estimate without an interval, none has no estimate', () => {
  expect(estimateMean([7], 'ratio')).toEqual({
    value: 7,
    low: undefined,
    high: undefined,
    trials: 1,
  });
  expect(estimateMean([], 'ratio')).toBeUndefined();
});

test('a median of an even number of values lies between the middle two', () => {
  expect([median([3, 1]), median([3, 1, 2]), median([])]).toEqual([2, 2, undefined]);
});
