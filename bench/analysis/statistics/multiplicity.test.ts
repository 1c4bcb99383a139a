import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { benjaminiHochberg, fewestBlocks, holm } from './multiplicity.ts';

const rounded = (ps: readonly number[]): number[] => ps.map((p) => Number(p.toFixed(12)));

test('Holm multiplies the smallest p by their number and lets none fall below a smaller one', () => {
  expect(rounded(holm([0.01, 0.04, 0.03, 0.005]))).toEqual([0.03, 0.06, 0.06, 0.02]);
});

test('Benjamini–Hochberg divides by the rank', () => {
  // The result of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH").
  expect(rounded(benjaminiHochberg([0.01, 0.04, 0.03, 0.005]))).toEqual([0.02, 0.04, 0.04, 0.02]);
});

test('an adjusted p is never below the p itself, and Holm is the stricter of the two', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
      const strict = holm(ps);
      const lax = benjaminiHochberg(ps);
      expect(
        ps.every((p, index) => p <= lax[index]! + 1e-12 && lax[index]! <= strict[index]! + 1e-12),
      ).toBe(true);
    }),
    { seed: 13 },
  );
});

test('8 comparisons need 9 blocks before any can be significant', () => {
  expect([5, 8, 20].map((comparisons) => fewestBlocks(comparisons))).toEqual([8, 9, 10]);
});
