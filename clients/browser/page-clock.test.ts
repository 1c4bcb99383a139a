import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_US } from '../../bench/contract/units.ts';
import {
  around,
  blurNs,
  middleOf,
  tightenOrigin,
  unknownOrigin,
  type Exchange,
} from './page-clock.ts';

it('one exchange bounds the origin by its length and by the blur of the reading', () => {
  // The page read 10 ms between 1,010.2 and 1,010.8 ms of this process, 0.1 ms too much or too
  // little at most.
  const exchange: Exchange = { askedNs: 1_010_200_000, answeredNs: 1_010_800_000, pageMs: 10 };
  expect(tightenOrigin(unknownOrigin, exchange, 100 * NS_PER_US)).toEqual({
    exchanges: 1,
    lowNs: 1_000_100_000,
    highNs: 1_000_900_000,
  });
});

it('a quicker exchange tightens the bound, a slower one leaves it', () => {
  const quick = tightenOrigin(unknownOrigin, { askedNs: 1000, answeredNs: 3000, pageMs: 0 }, 0);
  expect(quick).toEqual({ exchanges: 1, lowNs: 1000, highNs: 3000 });
  expect(tightenOrigin(quick, { askedNs: 0, answeredNs: 9000, pageMs: 0 }, 0)).toEqual({
    exchanges: 2,
    lowNs: 1000,
    highNs: 3000,
  });
  expect(tightenOrigin(quick, { askedNs: 1500, answeredNs: 2500, pageMs: 0 }, 0)).toEqual({
    exchanges: 2,
    lowNs: 1500,
    highNs: 2500,
  });
});

it('the middle is what stamps are converted with, and the bound lies around it', () => {
  const bound = { exchanges: 3, lowNs: 1000, highNs: 3000 };
  expect(middleOf(bound)).toBe(2000);
  expect(around(2000, bound)).toEqual({ exchanges: 3, lowNs: -1000, highNs: 1000 });
});

it('a reading may be off by 5 µs in an isolated page, by 100 µs in any other, and by what the page has seen if that is more', () => {
  expect([
    blurNs(true, 5000),
    blurNs(false, 100_000),
    blurNs(false, 5000),
    blurNs(true, 20_000),
  ]).toEqual([5000, 100_000, 100_000, 20_000]);
});

/** Blurs as Chromium does: down to a multiple, or up to the next one from a point in between on. */
function blur(ns: number, resolutionNs: number, threshold: number): number {
  const down = Math.floor(ns / resolutionNs) * resolutionNs;
  return ns - down >= threshold * resolutionNs ? down + resolutionNs : down;
}

it('whatever the delays and the blur, the true origin is within the bound', () => {
  const ns = fc.integer({ min: 1, max: 2 * NS_PER_MS });
  const exchange = fc.record({
    there: ns,
    back: ns,
    pause: ns,
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 0, max: 10 ** 12 }),
      fc.constantFrom(5000, 100_000),
      (exchanges, originNs, resolutionNs) => {
        let bound = unknownOrigin;
        let nowNs = originNs;
        for (const { there, back, pause, threshold } of exchanges) {
          const askedNs = nowNs;
          const readNs = askedNs + there;
          const answeredNs = readNs + back;
          const pageMs = blur(readNs - originNs, resolutionNs, threshold) / NS_PER_MS;
          bound = tightenOrigin(bound, { askedNs, answeredNs, pageMs }, resolutionNs);
          nowNs = answeredNs + pause;
        }
        // Tolerance of half a ns for the division by 10⁶.
        expect(bound.lowNs).toBeLessThanOrEqual(originNs + 0.5);
        expect(bound.highNs).toBeGreaterThanOrEqual(originNs - 0.5);
      },
    ),
  );
});
