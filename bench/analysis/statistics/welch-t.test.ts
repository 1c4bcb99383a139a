import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exceedsP, fallsShortP, welchEffect, welchTostP, type TwoSamples } from './welch-t.ts';

interface Known extends TwoSamples {
  readonly margin: number;
  readonly mean: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly interval95: readonly [number, number];
  readonly interval90: readonly [number, number];
  /** One-sided p of "above the margin" and "below the margin". */
  readonly exceeds: number;
  readonly fallsShort: number;
  readonly tost: number;
}

// Computed with SciPy 1.17.1: ttest_ind(second, first, equal_var=False), its confidence_interval(),
// and for the margin the same test with alternative='greater' and 'less' on first + margin and
// first − margin.
const known: Record<string, Known> = {
  'two samples that differ': {
    first: [10.2, 9.8, 10.5, 10.1, 9.9, 10.4],
    second: [11, 11.6, 10.7, 11.9, 11.2, 10.6, 11.3],
    margin: 0.5,
    mean: 1.035714285714283,
    degreesOfFreedom: 9.873141026057217,
    p: 0.0005948300038441572,
    interval95: [0.5693519799573628, 1.502076591471203],
    interval90: [0.6565219701341148, 1.414906601294451],
    exceeds: 0.014222990576236584,
    fallsShort: 0.9857770094237635,
    tost: 0.9857770094237635,
  },
  'two samples that are nearly equal': {
    first: [5.01, 4.97, 5.02, 5, 4.99],
    second: [5.02, 5, 4.98, 5.01, 5.03, 4.99, 5, 5.01],
    margin: 0.05,
    mean: 0.006999999999999673,
    degreesOfFreedom: 7.428685946727334,
    p: 0.517462914768052,
    interval95: [-0.017079584188874664, 0.03107958418887401],
    interval90: [-0.012350881435216746, 0.026350881435216085],
    exceeds: 0.998171328752197,
    fallsShort: 0.0018286712478029767,
    tost: 0.0018286712478029767,
  },
  'two values against ten, of other spread': {
    first: [1, 1.1],
    second: [1.3, 0.9, 2.4, 1.7, 3.1, 2.2, 0.4, 1.9, 2, 1.2],
    margin: 0.1,
    mean: 0.66,
    degreesOfFreedom: 9.600883982928682,
    p: 0.027270004289813646,
    interval95: [0.09145744914576082, 1.2285425508542396],
    interval90: [0.19818076053651212, 1.121819239463488],
    exceeds: 0.026446787233941033,
    fallsShort: 0.973553212766059,
    tost: 0.973553212766059,
  },
};

describe.each(Object.entries(known))('%s', (_, { first, second, margin, ...wanted }) => {
  const effect = welchEffect({ first, second });

  test('give the difference, the degrees of freedom and the p of SciPy', () => {
    expect(effect.mean).toBeCloseTo(wanted.mean, 12);
    expect(effect.degreesOfFreedom).toBeCloseTo(wanted.degreesOfFreedom, 9);
    expect(effect.p).toBeCloseTo(wanted.p, 10);
  });

  test('give the intervals of SciPy', () => {
    expect(effect.interval95.low).toBeCloseTo(wanted.interval95[0], 9);
    expect(effect.interval95.high).toBeCloseTo(wanted.interval95[1], 9);
    expect(effect.interval90.low).toBeCloseTo(wanted.interval90[0], 9);
    expect(effect.interval90.high).toBeCloseTo(wanted.interval90[1], 9);
  });

  test('give the one-sided p-values of SciPy', () => {
    expect(exceedsP(effect, margin)).toBeCloseTo(wanted.exceeds, 10);
    expect(fallsShortP(effect, margin)).toBeCloseTo(wanted.fallsShort, 10);
    expect(welchTostP(effect, margin)).toBeCloseTo(wanted.tost, 10);
  });
});

test('a p far out in the tail keeps its digits instead of becoming 0', () => {
  const { p } = welchEffect({
    first: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    second: [1001.5, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010],
  });
  expect(p / 7.207090864538435e-42).toBeCloseTo(1, 6);
});

test('samples without spread are taken at their word', () => {
  const shifted = welchEffect({ first: [2, 2], second: [5, 5, 5] });
  expect(shifted).toMatchObject({ mean: 3, p: 0, interval95: { low: 3, high: 3 } });
  expect([exceedsP(shifted, 2), exceedsP(shifted, 4), welchTostP(shifted, 4)]).toEqual([0, 1, 0]);
  expect(welchEffect({ first: [2, 2], second: [2, 2] }).p).toBe(1);
});

const close = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-7 * Math.max(1, Math.abs(a), Math.abs(b));

describe('for any two samples', () => {
  const sample = fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), {
    minLength: 2,
    maxLength: 15,
  });

  test('swapping them turns the difference and its interval around and keeps p', () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const [there, back] = [
          welchEffect({ first, second }),
          welchEffect({ first: second, second: first }),
        ];
        expect(close(there.mean, -back.mean)).toBe(true);
        expect(close(there.interval95.low, -back.interval95.high)).toBe(true);
        expect(close(there.interval90.high, -back.interval90.low)).toBe(true);
        expect(close(there.p, back.p)).toBe(true);
      }),
    );
  });

  test('a shift of the second sample moves the difference by as much and leaves its width', () => {
    // Whole numbers, so that the shift is exact and a sample without spread stays one.
    const whole = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 15 });
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: -1000, max: 1000 }), (first, second, shift) => {
        const still = welchEffect({ first, second });
        const moved = welchEffect({ first, second: second.map((value) => value + shift) });
        expect(close(moved.mean, still.mean + shift)).toBe(true);
        expect(close(moved.standardError, still.standardError)).toBe(true);
        expect(close(moved.interval95.low, still.interval95.low + shift)).toBe(true);
      }),
    );
  });

  test('the 90 % interval lies within a margin exactly when the two one-sided tests say so', () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        const effect = welchEffect({ first, second });
        const reach = Math.max(Math.abs(effect.interval90.low), Math.abs(effect.interval90.high));
        fc.pre(effect.standardError > 1e-6);
        expect(welchTostP(effect, reach * 1.001)).toBeLessThan(0.05);
        expect(welchTostP(effect, reach * 0.999)).toBeGreaterThan(0.05);
      }),
    );
  });
});
