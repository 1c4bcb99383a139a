import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitLine } from './least-squares.ts';

it('slope, intercept, standard error and R² are those of a worked example', () => {
  // x̄ 3, ȳ 4; Sxx 10, Sxy 6, Syy 6: residuals 2.4 over 3 degrees of freedom (Anscombe-like, by
  // hand).
  const line = fitLine([2, 4, 5, 4, 5].map((y, index) => ({ x: index + 1, y })));
  expect(line?.slope).toBeCloseTo(0.6, 12);
  expect(line?.intercept).toBeCloseTo(2.2, 12);
  expect(line?.standardError).toBeCloseTo(Math.sqrt(0.08), 12);
  expect(line?.rSquared).toBeCloseTo(0.6, 12);
});

it('points on a line give it back, wherever they are', () => {
  const xs = fc.uniqueArray(fc.integer({ min: -10_000, max: 10_000 }), {
    minLength: 3,
    maxLength: 10,
  });
  fc.assert(
    fc.property(
      xs,
      fc.integer({ min: -50_000, max: 50_000 }),
      fc.integer({ min: -1e8, max: 1e8 }),
      (all, slope, intercept) => {
        const line = fitLine(all.map((x) => ({ x, y: intercept + slope * x })));
        expect(line!.slope).toBeCloseTo(slope, 4);
        expect(Math.abs(line!.intercept - intercept)).toBeLessThan(1);
      },
    ),
  );
});

it('two points have a line but nothing that says how well it fits; one has none', () => {
  expect(
    fitLine([
      { x: 1, y: 5 },
      { x: 2, y: 7 },
    ]),
  ).toEqual({ slope: 2, intercept: 3, standardError: undefined, rSquared: undefined });
  expect(
    fitLine([
      { x: 1, y: 5 },
      { x: 1, y: 7 },
    ]),
  ).toBeUndefined();
  expect(fitLine([])).toBeUndefined();
});

it('what does not vary has no share that a line could explain', () => {
  const line = fitLine([1, 2, 3].map((x) => ({ x, y: 4 })));
  expect(line).toMatchObject({ slope: 0, rSquared: undefined });
});
