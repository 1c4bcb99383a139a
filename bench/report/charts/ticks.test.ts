import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearTicks, logTicks, ticksFromZero, unitLabels } from './ticks.ts';

describe('ticks', () => {
  it('of a linear axis are round numbers inside it', () => {
    expect(linearTicks(0.86, 1.33)).toEqual([0.9, 1, 1.1, 1.2, 1.3]);
    expect(linearTicks(0, 43.2)).toEqual([0, 10, 20, 30, 40]);
    expect(linearTicks(3, 3)).toEqual([3]);
  });

  it('from zero reach beyond the highest value', () => {
    expect(ticksFromZero(43.2)).toEqual([0, 10, 20, 30, 40, 50]);
    expect(ticksFromZero(40)).toEqual([0, 10, 20, 30, 40]);
  });

  it('of a logarithmic axis surround the values', () => {
    expect(logTicks(340_000, 15_000_000)).toEqual([2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 2e7]);
    expect(logTicks(3, 40_000)).toEqual([1, 10, 100, 1000, 10_000, 100_000]);
  });

  it('stay few and inside, whatever the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.double({ min: 1.001, max: 1e6, noNaN: true }),
        (low, factor) => {
          const high = low * factor;
          const linear = linearTicks(low, high);
          expect(linear.length).toBeLessThanOrEqual(8);
          expect(linear.every((tick) => tick >= low * 0.9999 && tick <= high * 1.0001)).toBe(true);
          const logarithmic = logTicks(low, high);
          expect(logarithmic.length).toBeLessThanOrEqual(13);
          expect(logarithmic[0]).toBeLessThanOrEqual(low);
          expect(logarithmic.at(-1)).toBeGreaterThanOrEqual(high);
        },
      ),
      { seed: 3 },
    );
  });

  it('are labelled with the unit that suits each', () => {
    expect(unitLabels([0, 500_000, 1_000_000], 'ns')).toBe(
      '({"0":"0","500000":"500 µs","1000000":"1 ms"})[datum.value]',
    );
  });
});
