import { describe, expect, it } from 'vitest';
import { seededDraw } from '../../contract/random.ts';
import { boundedMedianInterval, boundedSignP, type Bounds } from './bounded-median.ts';

const known = (value: number): Bounds => ({ low: value, high: value });
const atLeast = (low: number): Bounds => ({ low, high: Number.POSITIVE_INFINITY });
const unknown: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

describe('a median of values that are partly bounds', () => {
  it('of known values is that of the sign test: 2/2⁷, 20/2⁹, and the order statistics of 7, 9 and 12 values', () => {
    expect(boundedSignP([1, 2, 3, 4, 5, 6, 7].map(known))).toBeCloseTo(0.015625, 9);
    expect(boundedSignP([-1, 2, 3, 4, 5, 6, 7, 8, 9].map(known))).toBeCloseTo(0.0390625, 9);
    expect(boundedMedianInterval([3, 1, 2, 7, 5, 6, 4].map(known))).toEqual({ low: 1, high: 7 });
    expect(boundedMedianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9].map(known))).toEqual({
      low: 2,
      high: 8,
    });
    expect(boundedMedianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(known))).toEqual({
      low: 3,
      high: 10,
    });
  });

  it('is bounded from the side that is known', () => {
    const values = [
      known(0.1),
      known(0.2),
      known(0.15),
      known(0.12),
      atLeast(0.11),
      atLeast(0.2),
      known(0.3),
    ];
    expect(boundedSignP(values)).toBeCloseTo(0.015625, 9);
    expect(boundedMedianInterval(values)).toEqual({ low: 0.1, high: Number.POSITIVE_INFINITY });
  });

  it('gives no order to blocks in which both are bounds, nor to fewer than six blocks', () => {
    expect(boundedSignP(Array.from({ length: 9 }, () => unknown))).toBe(1);
    expect(boundedMedianInterval(Array.from({ length: 9 }, () => unknown))).toEqual(unknown);
    expect(boundedMedianInterval([1, 2, 3, 4, 5].map(known))).toEqual(unknown);
    // One block without an order counts against both sides.
    expect(boundedSignP([unknown, ...[1, 2, 3, 4, 5, 6].map(known)])).toBeCloseTo(0.125, 9);
  });

  // Equal arms; one of them is cut off at the load generator in half of its blocks, the other never
  // or in every third.
  it.each([0, 1 / 3])(
    'claims a difference between equal arms in at most 5 % of runs, one cut off in 1/2 of blocks, the other in %d',
    (share) => {
      const draw = seededDraw(20_261_129);
      const normal = (): number =>
        Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
      const search = (cutOff: number): Bounds => {
        const found = 0.05 * normal();
        return draw() < cutOff ? atLeast(found - 0.1 * draw()) : known(found);
      };
      const RUNS = 4000;
      let signs = 0;
      let intervals = 0;
      for (let run = 0; run < RUNS; run++) {
        const blocks = Array.from({ length: 9 }, (): Bounds => {
          const [a, b] = [search(0.5), search(share)];
          return { low: b.low - a.high, high: b.high - a.low };
        });
        if (boundedSignP(blocks) < 0.05) signs++;
        const { low, high } = boundedMedianInterval(blocks);
        if (low > 0 || high < 0) intervals++;
      }
      expect(signs / RUNS).toBeLessThanOrEqual(0.05);
      expect(intervals / RUNS).toBeLessThanOrEqual(0.05);
    },
  );
});
