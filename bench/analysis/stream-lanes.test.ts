import { expect, it } from 'vitest';
import { emptyStamps } from '../contract/stamps.ts';
import { laneOf } from './stream-lanes.ts';

const GAP = 10;
const HANDLER = [100, 205];

/** Two streams of 3 and 20 tokens, 10 ns apart; written 2 ns after each was due, read 5 ns after. */
function input(missing: readonly number[] = []) {
  const tokens = [3, 20];
  const base = [0, 3];
  const total = 23;
  const dueNs = (position: number): number =>
    position < 3 ? HANDLER[0]! + position * GAP : HANDLER[1]! + (position - 3) * GAP;
  const stamps = (afterNs: number) => {
    const column = emptyStamps(total);
    for (let position = 0; position < total; position++)
      if (!missing.includes(position)) column[position] = dueNs(position) + afterNs;
    return column;
  };
  return {
    population: {
      streams: 2,
      startNs: Float64Array.of(100, 200),
      tokens: Int32Array.from(tokens),
      seeds: new Uint32Array(2),
      slots: new Int32Array(2),
      base: Int32Array.from(base),
      totalTokens: total,
    },
    offsetsNs: tokens.map((count) => Float64Array.from({ length: count }, (_, i) => i * GAP)),
    windowStartNs: 0,
    windowEndNs: 1000,
    server: { handlerNs: Float64Array.from(HANDLER), readyNs: stamps(1), writtenNs: stamps(2) },
    client: { receivedNs: stamps(5) },
  };
}

it('is of the stream with most tokens in the window, from its first one on', () => {
  const lane = laneOf(input());
  expect(lane?.stream).toBe(1);
  expect(lane?.tokens).toHaveLength(12);
  expect(lane?.tokens.slice(0, 2)).toEqual([
    { token: 0, dueNs: 0, readyNs: 1, writtenNs: 2, readNs: 5 },
    { token: 1, dueNs: 10, readyNs: 11, writtenNs: 12, readNs: 15 },
  ]);
});

it('begins with the window', () => {
  expect(laneOf({ ...input(), windowStartNs: 245 })?.tokens[0]).toMatchObject({
    token: 5,
    dueNs: 0,
  });
});

it('a stamp that was never taken is unknown, not 0', () => {
  expect(laneOf(input([4]))?.tokens[1]).toEqual({
    token: 1,
    dueNs: 10,
    readyNs: undefined,
    writtenNs: undefined,
    readNs: undefined,
  });
});

it('a window without tokens has none', () => {
  expect(laneOf({ ...input(), windowStartNs: 900 })).toBeUndefined();
});
