import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { expect, test } from 'vitest';
import { pairedEffect, tostP } from './paired-t.ts';

// Checked against SciPy's ttest_rel and stats.t to 6 digits.
const KNOWN = [0.1, -0.05, 0.2, 0.15, 0.08, 0.12, -0.02, 0.18];

test('the 97.5 % quantile of t with 11 degrees of freedom is 2.200985', () => {
  expect(tQuantile(0.975, 11)).toBeCloseTo(2.200985, 6);
});

test('the known differences give the known ratio, interval and p', () => {
  const effect = pairedEffect(KNOWN);
  expect(Math.exp(effect.mean)).toBeCloseTo(1.09966, 5);
  expect(Math.exp(effect.interval95.low)).toBeCloseTo(1.02016, 5);
  expect(Math.exp(effect.interval95.high)).toBeCloseTo(1.18536, 5);
  expect(effect.p).toBeCloseTo(0.0201266, 6);
});

test('the known differences are not shown to lie within 5 %', () => {
  expect(tostP(pairedEffect(KNOWN), Math.log(1.05))).toBeCloseTo(0.905647, 6);
});

test('the 90 % interval lies within the margin exactly when the two one-sided tests say so', () => {
  const effect = pairedEffect(KNOWN);
  expect(tostP(effect, effect.interval90.high + 1e-9)).toBeLessThan(0.05);
  expect(tostP(effect, effect.interval90.high - 1e-9)).toBeGreaterThan(0.05);
});

test('differences without spread are taken at their word', () => {
  expect(pairedEffect([2, 2, 2])).toMatchObject({ mean: 2, p: 0, interval95: { low: 2, high: 2 } });
  expect(pairedEffect([0, 0]).p).toBe(1);
  expect([tostP(pairedEffect([2, 2]), 3), tostP(pairedEffect([2, 2]), 1)]).toEqual([0, 1]);
});
