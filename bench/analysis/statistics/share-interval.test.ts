import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareInterval } from './share-interval.ts';

describe('the exact interval of a share', () => {
  // Quantiles of the beta distribution, as R's binom.test prints them.
  it.each([
    [10, 10, 0.6915, 1],
    [6, 6, 0.5407, 1],
    [5, 5, 0.4782, 1],
    [0, 3, 0, 0.7076],
    [1, 10, 0.0025, 0.445],
    [7, 20, 0.1539, 0.5922],
  ])('of %i of %i trials is [%f, %f]', (held, of, low, high) => {
    const interval = shareInterval(held, of);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  it('holds the share, mirrors with it, and narrows where alpha grows', () => {
    const counts = fc
      .integer({ min: 1, max: 60 })
      .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));
    fc.assert(
      fc.property(counts, ([held, of]) => {
        const { low, high } = shareInterval(held, of);
        const mirrored = shareInterval(of - held, of);
        const narrow = shareInterval(held, of, 0.2);
        expect(low).toBeLessThanOrEqual(held / of);
        expect(high).toBeGreaterThanOrEqual(held / of);
        expect(1 - mirrored.high).toBeCloseTo(low, 9);
        expect(narrow.low).toBeGreaterThanOrEqual(low);
        expect(narrow.high).toBeLessThanOrEqual(high);
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
