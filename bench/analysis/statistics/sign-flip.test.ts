import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signFlipP } from './sign-flip.ts';

test('the known differences give p = 8/256', () => {
  expect(signFlipP([0.1, -0.05, 0.2, 0.15, 0.08, 0.12, -0.02, 0.18], 0)).toBe(0.03125);
});

test('differences of one sign give the smallest p there is: 2 in 2^n', () => {
  expect(signFlipP([1, 2, 3, 4, 5, 6], 0)).toBe(2 / 2 ** 6);
});

test('differences that are all zero give p = 1', () => {
  expect(signFlipP([0, 0, 0], 0)).toBe(1);
  expect(signFlipP([], 0)).toBe(1);
});

test('neither the scale nor the sign of the differences changes p', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 12 }),
      (differences) => {
        const p = signFlipP(differences, 0);
        expect(
          signFlipP(
            differences.map((difference) => difference * -1e6),
            0,
          ),
        ).toBe(p);
      },
    ),
    { seed: 9 },
  );
});

test('beyond 20 differences a seeded sample comes close to the exact p and is the same each time', () => {
  // Seven of one sign and unequal sizes among zeros: zeros change nothing, so p is 2/2^7 whatever
  // their number.
  const differences = [...Array.from({ length: 20 }, () => 0), 1, 2, 3, 4, 5, 6, 7];
  const p = signFlipP(differences, 42);
  // Four standard errors of a sample of 100 000 are 0.0016.
  expect(Math.abs(p - 2 / 2 ** 7)).toBeLessThan(0.0016);
  expect(signFlipP(differences, 42)).toBe(p);
});

test('a sampled p is never zero', () => {
  expect(
    signFlipP(
      Array.from({ length: 30 }, () => 1),
      1,
    ),
  ).toBe(1 / 100_001);
});
