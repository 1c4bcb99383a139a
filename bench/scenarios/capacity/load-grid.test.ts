import fc from 'fast-check';
import { expect, it } from 'vitest';
import { leastStreams, loadGrid, spreadLoads } from './load-grid.ts';

it('the start is place 0, and each place lies one width above the one before', () => {
  const { streamsAt, placesIn } = loadGrid({
    startStreams: 1000,
    mostStreams: 12_000,
    width: 0.05,
  });
  expect([-1, 0, 1, 2, 14].map(streamsAt)).toEqual([952, 1000, 1050, 1103, 1980]);
  expect([placesIn(1.25), placesIn(2), placesIn(1.0001)]).toEqual([5, 14, 1]);
});

it('no place of the grid asks for more than the most or less than neighbours can be told apart by', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50_000 }),
      fc.integer({ min: 100, max: 20_000 }),
      fc.constantFrom(0.01, 0.05, 0.1, 0.5),
      (startStreams, mostStreams, width) => {
        const { bottom, top, streamsAt } = loadGrid({ startStreams, mostStreams, width });
        expect(streamsAt(top)).toBeLessThanOrEqual(mostStreams);
        expect(streamsAt(top + 1)).toBeGreaterThan(mostStreams);
        expect(streamsAt(bottom)).toBeGreaterThanOrEqual(
          Math.min(mostStreams, leastStreams(width)),
        );
        const loads = Array.from({ length: top - bottom + 1 }, (_, index) =>
          streamsAt(bottom + index),
        );
        expect(new Set(loads).size).toBe(loads.length);
      },
    ),
  );
});

it('loads of a curve are spread in equal ratios, each once', () => {
  expect(spreadLoads({ lowest: 300, highest: 3900, count: 5 })).toEqual([
    300, 570, 1082, 2054, 3900,
  ]);
  expect(spreadLoads({ lowest: 1, highest: 3, count: 10 })).toEqual([1, 2, 3]);
});
