import { expect, it } from 'vitest';
import { transports } from '../../../contract/arms/transports.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import { steerText, type ServerSteer, type SteeredByClient } from '../../../contract/steers.ts';
import { joinSteers } from './join-steers.ts';

const stream = (id: string, change: Partial<SteeredByClient> = {}): SteeredByClient => ({
  id,
  way: 'message',
  state: 'active',
  planned: 2,
  steers: [
    { number: 3, sentNs: 100, seenNs: 190 },
    { number: 4, sentNs: 200, seenNs: 280 },
  ],
  sentBytes: 82,
  ...change,
});

const taken = (id: string, number: number, receivedNs: number): ServerSteer => ({
  id,
  text: steerText(number),
  receivedNs,
  writtenNs: receivedNs + 1,
});

function joined(streams: readonly SteeredByClient[], steers: readonly ServerSteer[]) {
  const { cells, strays } = joinSteers(streams, steers, transports.ws.stops);
  return {
    cell: cells.find(({ way, state }) => way === 'message' && state === 'active')!,
    strays,
  };
}

it('an input counts from its send to its receipt, and to the token that carries it', () => {
  const { cell, strays } = joined([stream('a')], [taken('a', 4, 240), taken('a', 3, 130)]);
  expect(cell).toMatchObject({ planned: 2, sent: 2, received: 2, seen: 2, failed: 0 });
  expect([quantileOf(cell.upNs, 0), quantileOf(cell.upNs, 1)]).toEqual([30, 40]);
  expect([quantileOf(cell.backNs, 0), quantileOf(cell.backNs, 1)]).toEqual([80, 90]);
  expect([quantileOf(cell.takenNs, 0), quantileOf(cell.takenNs, 1)]).toEqual([1, 1]);
  expect(strays).toBe(0);
});

it('an input without a receipt, or without a token, is missing in its count', () => {
  const unseen = stream('a', { steers: [{ number: 3, sentNs: 100 }] });
  expect(joined([unseen], [taken('a', 3, 130)]).cell).toMatchObject({ received: 1, seen: 0 });
  expect(joined([stream('a')], []).cell).toMatchObject({ sent: 2, received: 0, seen: 2 });
});

it('an input that is taken up twice, or by another stream, is astray; one of the warm-up is not', () => {
  const steers = [taken('a', 3, 130), taken('a', 4, 240)];
  expect(joined([stream('a')], [...steers, taken('a', 3, 131)]).strays).toBe(1);
  expect(joined([stream('a')], [...steers, taken('b', 3, 131)]).strays).toBe(1);
  const warm = stream('a');
  warm.steers.unshift({ number: 1, sentNs: 30, seenNs: 50, isWarmUp: true });
  const { cell, strays } = joined([warm], [...steers, taken('a', 1, 40)]);
  expect({ sent: cell.sent, strays }).toEqual({ sent: 2, strays: 0 });
});

it('a failure is counted, and the first one told', () => {
  const failure = { cause: 'http-404', message: 'the server answered 404' };
  expect(joined([stream('a', { failure }), stream('b')], []).cell).toMatchObject({
    failed: 1,
    example: 'the server answered 404',
  });
});
