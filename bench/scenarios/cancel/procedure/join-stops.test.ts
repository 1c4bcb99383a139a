import { expect, it } from 'vitest';
import { transports } from '../../../contract/arms/transports.ts';
import type { ServerStop, StoppedByClient } from '../../../contract/stops.ts';
import { joinStops } from './join-stops.ts';

const options = { ways: transports.ws.stops, endNs: 1000 };

const stream = (id: string, change: Partial<StoppedByClient> = {}): StoppedByClient => ({
  id,
  way: 'message',
  state: 'active',
  atStop: { atNs: 100, tokens: 10, bytes: 400 },
  tokens: 12,
  isDone: true,
  sentBytes: 23,
  ...change,
});

const stop = (id: string, change: Partial<ServerStop> = {}): ServerStop => ({
  id,
  by: 'cancelled',
  atNs: 140,
  tokens: 12,
  bytes: 480,
  ...change,
});

function cell(streams: readonly StoppedByClient[], stops: readonly ServerStop[]) {
  const { cells } = joinStops(streams, stops, options);
  return cells.find(({ way, state }) => way === 'message' && state === 'active');
}

it('what a server did after the stop is counted from what the client had', () => {
  expect(
    cell([stream('a'), stream('b')], [stop('b', { atNs: 150, tokens: 13, bytes: 520 }), stop('a')]),
  ).toEqual({
    way: 'message',
    state: 'active',
    planned: 2,
    stopped: 2,
    failed: 0,
    unnoticed: 0,
    latencyNs: [40, 50],
    vainTokens: [2, 3],
    vainBytes: [80, 120],
    sentBytes: [23, 23],
  });
});

it('a stop that the server learns of only when the client closes everything went unnoticed', () => {
  const found = cell([stream('a'), stream('b')], [stop('a', { atNs: 1001 })]);
  expect(found).toMatchObject({ stopped: 2, unnoticed: 2, latencyNs: [] });
});

it('a stream that failed before its stop was not stopped, and says why', () => {
  const failure = { cause: 'http-503', message: 'the server answered 503' };
  const { atStop: _never, ...unstopped } = stream('a', { failure, isDone: false, tokens: 0 });
  expect(cell([unstopped, stream('b')], [stop('b')])).toMatchObject({
    planned: 2,
    stopped: 1,
    failed: 1,
    unnoticed: 0,
    example: 'the server answered 503',
  });
});

it('every way has a cell for each state, whether or not a stream was in it', () => {
  const { cells } = joinStops([], [], options);
  expect(cells.map(({ way, state }) => `${way} ${state}`)).toEqual([
    'close active',
    'message active',
    'disconnect active',
    'close quiet',
    'message quiet',
    'disconnect quiet',
  ]);
});

function gapsOf(own: Partial<StoppedByClient>): number {
  return joinStops([stream('a', own)], [stop('a')], options).tokenGaps;
}

it('a receiver with a done must have every token, and none may have one that was not generated', () => {
  expect(gapsOf({})).toBe(0);
  expect(gapsOf({ tokens: 10 })).toBe(2);
  // A client that has gone has what had come by then.
  expect(gapsOf({ tokens: 10, isDone: false })).toBe(0);
  expect(gapsOf({ tokens: 13, isDone: false })).toBe(1);
});
