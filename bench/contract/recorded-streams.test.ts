import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { deriveSeed } from './random.ts';
import { recordedIndex, seedInTurn } from './recorded-streams.ts';

it('a slot replays the recorded streams one after another, and slots at once different ones', () => {
  const place = { streams: 7, trialSeed: 5, slots: 3 };
  const index = (slot: number, turn: number): number =>
    recordedIndex(seedInTurn(deriveSeed(1, slot, turn), { ...place, slot, turn }), 7);
  const first = index(0, 0);
  const inTurn = [0, 1, 2].flatMap((turn) => [0, 1, 2].map((slot) => index(slot, turn)));
  expect(inTurn).toEqual(Array.from({ length: 9 }, (_, step) => (first + step) % 7));
});

it('a seed in turn is a seed, whatever was drawn', () => {
  const whole = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(
      whole,
      whole,
      fc.integer({ min: 1, max: 5000 }),
      fc.nat(9999),
      (drawn, trialSeed, streams, slot) => {
        const place = { streams, trialSeed, slot, turn: 3, slots: 100 };
        const seed = seedInTurn(drawn, place);
        expect(seed).toBeGreaterThanOrEqual(0);
        expect(seed).toBeLessThan(2 ** 32);
        expect(Number.isInteger(seed)).toBe(true);
        expect(recordedIndex(seed, streams)).toBe(
          (deriveSeed(trialSeed, 0x7265706c) + slot + 300) % streams,
        );
      },
    ),
  );
});
