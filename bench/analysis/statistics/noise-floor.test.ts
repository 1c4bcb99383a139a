import { expect, test } from 'vitest';
import { differenceNoiseFloor, ratioNoiseFloor } from './noise-floor.ts';

// Computed with SciPy: s = 0.0897616, s/√8 = 0.0317355, t(0.975, 7) = 2.364624, t(0.80, 7) =
// 0.896030.
const KNOWN = [0.1, -0.05, 0.2, 0.15, 0.08, 0.12, -0.02, 0.18];

test('the known logarithms have the half-width and the detectable ratio that were computed by hand', () => {
  // exp(2.364624 · 0.0317355) − 1 and exp((2.364624 + 0.896030) · 0.0317355) − 1.
  expect(ratioNoiseFloor(KNOWN)?.halfWidthRatio).toBeCloseTo(0.07793, 6);
  expect(ratioNoiseFloor(KNOWN)?.minimumDetectableRatio).toBeCloseTo(0.109022, 6);
});

test('the known differences have them in their own unit', () => {
  expect(differenceNoiseFloor(KNOWN)?.halfWidth).toBeCloseTo(0.0750426, 6);
  expect(differenceNoiseFloor(KNOWN)?.minimumDetectable).toBeCloseTo(0.1034785, 6);
});

test('blocks that agree leave no floor', () => {
  expect(ratioNoiseFloor([0.25, 0.25, 0.25])).toEqual({
    halfWidthRatio: 0,
    minimumDetectableRatio: 0,
  });
});

test('a single block says nothing about the noise', () => {
  expect([ratioNoiseFloor([0.1]), differenceNoiseFloor([0.1]), ratioNoiseFloor([])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
