import fc from 'fast-check';
import { expect, it } from 'vitest';
import { streamsOf } from './slices.ts';

const population = { streams: 6, slots: Int32Array.of(0, 4, 1, 3, 0, 1) };

it('without a slice a process runs every stream', () => {
  expect([...streamsOf(population, undefined)]).toEqual([0, 1, 2, 3, 4, 5]);
});

it('a slice is the streams of every third slot, in order of their start', () => {
  expect([...streamsOf(population, { index: 0, of: 3 })]).toEqual([0, 3, 4]);
  expect([...streamsOf(population, { index: 1, of: 3 })]).toEqual([1, 2, 5]);
  expect([...streamsOf(population, { index: 2, of: 3 })]).toEqual([]);
});

it('slices are disjoint and complete, and no slot is in two', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500)), fc.integer({ min: 1, max: 64 }), (slots, of) => {
      const all = { streams: slots.length, slots: Int32Array.from(slots) };
      const slices = Array.from({ length: of }, (_, index) => [...streamsOf(all, { index, of })]);
      expect(slices.flat().sort((a, b) => a - b)).toEqual(slots.map((_, stream) => stream));
      const ofSlot = new Map<number, number>();
      for (const [index, slice] of slices.entries()) {
        expect(slice).toEqual(slice.toSorted((a, b) => a - b));
        for (const stream of slice) {
          const slot = slots[stream]!;
          expect(ofSlot.get(slot) ?? index).toBe(index);
          ofSlot.set(slot, index);
        }
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

it('slots are shared evenly, whatever their number: no process has two more than another', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 64 }),
      (connections, of) => {
        const one = {
          streams: connections,
          slots: Int32Array.from({ length: connections }, (_, slot) => slot),
        };
        const sizes = Array.from(
          { length: of },
          (_, index) => streamsOf(one, { index, of }).length,
        );
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});
