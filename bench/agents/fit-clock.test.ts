import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';
import { correctStamps, fitClock, type OffsetBound } from './fit-clock.ts';

const trial = { fromNs: 0, toNs: 10 * NS_PER_S };
const uptimeNs = 3e14;

interface Exchange {
  readonly atNs: number;
  /** Ways there and back. */
  readonly thereNs: number;
  readonly backNs: number;
}

/** The exchanges with a clock whose offset is known. */
function boundsOf(
  offsetAt: (atNs: number) => number,
  exchanges: readonly Exchange[],
): OffsetBound[] {
  return exchanges.map(({ atNs, thereNs, backNs }) => ({
    atNs,
    lowNs: offsetAt(atNs) - thereNs,
    highNs: offsetAt(atNs) + backNs,
  }));
}

const everySecond = (thereNs: number, backNs: number): Exchange[] =>
  Array.from({ length: 12 }, (_, second) => ({
    atNs: (second - 0.5) * NS_PER_S,
    thereNs,
    backNs,
  }));

const line =
  (offsetNs: number, perMillion: number) =>
  (atNs: number): number =>
    offsetNs + perMillion * 1e-6 * atNs;

it('the line is never further from the truth than its bound, whatever the ways take', () => {
  const way = fc.integer({ min: 1000, max: 2 * NS_PER_MS });
  fc.assert(
    fc.property(
      fc.integer({ min: -uptimeNs, max: uptimeNs }),
      fc.double({ min: -200, max: 200, noNaN: true }),
      fc.array(
        fc.record({
          atNs: fc.integer({ min: -NS_PER_S, max: 11 * NS_PER_S }),
          thereNs: way,
          backNs: way,
        }),
        { minLength: 1, maxLength: 120 },
      ),
      (offsetNs, perMillion, exchanges) => {
        const truth = line(offsetNs, perMillion);
        const fit = fitClock(boundsOf(truth, exchanges), trial);
        expect(fit.deviationNs).toBe(0);
        for (const atNs of [trial.fromNs, 3 * NS_PER_S, trial.toNs])
          expect(Math.abs(fit.offsetNs(atNs) - truth(atNs))).toBeLessThanOrEqual(
            fit.boundNs + NS_PER_US,
          );
      },
    ),
    { numRuns: 60 },
  );
});

it('an offset and a drift that were put in are found again', () => {
  const truth = line(uptimeNs, 50);
  const fit = fitClock(boundsOf(truth, everySecond(20_000, 20_000)), trial);
  expect(fit.boundNs).toBeLessThanOrEqual(25 * NS_PER_US);
  expect(Math.abs(fit.offsetNs(0) - truth(0))).toBeLessThan(5 * NS_PER_US);
  expect(fit.driftPerMillion).toBeCloseTo(50, 0);
});

it('a way there that is longer than the way back is within the bound, and no drift', () => {
  const fit = fitClock(boundsOf(line(0, 0), everySecond(90_000, 10_000)), trial);
  expect(fit.boundNs).toBeGreaterThanOrEqual(40 * NS_PER_US);
  expect(Math.abs(fit.offsetNs(0))).toBeLessThanOrEqual(fit.boundNs);
  expect(Math.abs(fit.driftPerMillion)).toBeLessThan(1);
});

it('the tightest exchange of each part counts', () => {
  const slow = everySecond(5 * NS_PER_MS, 5 * NS_PER_MS);
  const quick = everySecond(10_000, 10_000).map(({ atNs, thereNs, backNs }) => ({
    atNs: atNs + 1000,
    thereNs,
    backNs,
  }));
  const fit = fitClock(boundsOf(line(0, 0), [...slow, ...quick]), trial);
  expect(fit.boundNs).toBeLessThan(20 * NS_PER_US);
});

describe('a clock that was stepped in the trial', () => {
  const stepNs = 2 * NS_PER_MS;
  const stepped = (atNs: number): number => (atNs < 5 * NS_PER_S ? 0 : stepNs);

  it('fits no line: the bound has room for what happened', () => {
    const fit = fitClock(boundsOf(stepped, everySecond(10_000, 10_000)), trial);
    expect(fit.deviationNs).toBeGreaterThan(100 * NS_PER_US);
    for (let second = 0; second <= 10; second++) {
      const atNs = second * NS_PER_S;
      expect(Math.abs(fit.offsetNs(atNs) - stepped(atNs))).toBeLessThanOrEqual(
        fit.boundNs + fit.deviationNs,
      );
    }
  });
});

it('without any exchange there is no fit', () => {
  expect(() => fitClock([], trial)).toThrow(RangeError);
});

it('stamps are moved to the clock of the reference; those never taken stay so', () => {
  const columns = { receivedNs: Float64Array.of(0, NS_PER_S, Number.NaN) };
  correctStamps(columns, { offsetNs: line(700, 10) }, 200);
  expect([...columns.receivedNs]).toEqual([-500, NS_PER_S - 500 - 10_000, Number.NaN]);
});
