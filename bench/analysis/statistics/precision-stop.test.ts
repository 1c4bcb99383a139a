import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfWidth, halfWidthRatio, isPrecise, LEAST_BLOCKS_TO_STOP } from './precision-stop.ts';

const KNOWN = [0.1, -0.05, 0.2, 0.15, 0.08, 0.12, -0.02, 0.18];

test('the known differences have the half-width that SciPy gives them', () => {
  // t(0.975, 7) = 2.364624, standard error 0.0317355.
  expect(halfWidth(KNOWN)).toBeCloseTo(0.0750426, 7);
  expect(halfWidthRatio(KNOWN)).toBeCloseTo(0.07793, 7);
});

test('a single block has no half-width', () => {
  expect([halfWidth([]), halfWidth([1]), halfWidthRatio([1])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

const equalBlocks = (count: number): number[] => Array.from({ length: count }, () => 0.25);

test('what is known exactly is precise from ten blocks on, not before', () => {
  expect(LEAST_BLOCKS_TO_STOP).toBe(10);
  expect(
    [9, 10].map((count) => isPrecise([{ logarithms: equalBlocks(count), targetRatio: 0.01 }])),
  ).toEqual([false, true]);
  expect(
    [9, 10].map((count) => isPrecise([{ differences: equalBlocks(count), target: 5 }])),
  ).toEqual([false, true]);
});

test('the target is the limit on each scale', () => {
  const twelve = [...KNOWN, 0.03, 0.11, 0.07, 0.16];
  const [half, ratio] = [halfWidth(twelve)!, halfWidthRatio(twelve)!];
  expect(isPrecise([{ differences: twelve, target: half }])).toBe(true);
  expect(isPrecise([{ differences: twelve, target: half * 0.999 }])).toBe(false);
  expect(isPrecise([{ logarithms: twelve, targetRatio: ratio }])).toBe(true);
  // The ratio reaches further than the logarithm.
  expect(isPrecise([{ logarithms: twelve, targetRatio: half }])).toBe(false);
});

test('one endpoint that is not known well enough keeps all measuring, and no endpoints never stop', () => {
  const known = { logarithms: Array.from({ length: 20 }, () => 0), targetRatio: 0.05 };
  const unknown = {
    differences: Array.from({ length: 20 }, (_, index) => (-1) ** index),
    target: 0.1,
  };
  expect([isPrecise([known]), isPrecise([known, unknown]), isPrecise([])]).toEqual([
    true,
    false,
    false,
  ]);
});

test('which way the effect points does not matter, nor how large it is', () => {
  const blocks = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 30 });
  fc.assert(
    fc.property(blocks, fc.integer({ min: -10_000, max: 10_000 }), (differences, shift) => {
      const half = halfWidth(differences)!;
      expect(halfWidth(differences.map((difference) => -difference))).toBe(half);
      // Whole numbers, so that only the mean is rounded.
      expect(
        Math.abs(halfWidth(differences.map((difference) => difference + shift))! - half),
      ).toBeLessThan(1e-9 * (1 + half));
    }),
    { seed: 21 },
  );
});
