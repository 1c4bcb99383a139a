// Joins what the client had when it stopped a stream with when, and after how many tokens, the
// server ended its generation. Pure.

import { waysOf, type TransportStops } from '../../../contract/arms/stop-ways.ts';
import type { ServerStop, StopCell, StoppedByClient } from '../../../contract/stops.ts';
import { streamStates } from '../../../contract/told-streams.ts';

interface JoinOptions {
  readonly ways: TransportStops;
  /** When the trial was over for the client, which then closed what was open; ns since T0. */
  readonly endNs: number;
}

export interface JoinedStops {
  readonly cells: readonly StopCell[];
  /**
   * Tokens that a receiver lacks though its stream ended with `done`, and tokens that it had before
   * they were generated.
   */
  readonly tokenGaps: number;
}

export function joinStops(
  streams: readonly StoppedByClient[],
  stops: readonly ServerStop[],
  { ways, endNs }: JoinOptions,
): JoinedStops {
  const ended = new Map(
    stops.filter(({ atNs }) => atNs < endNs).map((stop): [string, ServerStop] => [stop.id, stop]),
  );
  const cells = streamStates.flatMap((state) =>
    waysOf(ways).map((way) => {
      const own = streams.filter((stream) => stream.way === way && stream.state === state);
      return joinCell({ way, state }, own, ended);
    }),
  );
  return { cells, tokenGaps: countGaps(streams, ended) };
}

function joinCell(
  place: Pick<StopCell, 'way' | 'state'>,
  own: readonly StoppedByClient[],
  ended: ReadonlyMap<string, ServerStop>,
): StopCell {
  const stopped = own.filter(wasStopped);
  const joined = stopped.flatMap((stream) => {
    const stop = ended.get(stream.id);
    return stop === undefined ? [] : [{ stream, stop }];
  });
  const failed = own.filter(({ failure }) => failure !== undefined);
  const example = failed[0]?.failure?.message;
  return {
    ...place,
    planned: own.length,
    stopped: stopped.length,
    failed: failed.length,
    unnoticed: stopped.length - joined.length,
    latencyNs: joined.map(({ stream, stop }) => stop.atNs - stream.atStop.atNs),
    vainTokens: joined.map(({ stream, stop }) => stop.tokens - stream.atStop.tokens),
    vainBytes: joined.map(({ stream, stop }) => stop.bytes - stream.atStop.bytes),
    sentBytes: stopped.flatMap(({ sentBytes }) => sentBytes ?? []),
    ...(example !== undefined && { example }),
  };
}

type Stopped = StoppedByClient & { readonly atStop: NonNullable<StoppedByClient['atStop']> };

function wasStopped(stream: StoppedByClient): stream is Stopped {
  return stream.atStop !== undefined;
}

function countGaps(
  streams: readonly StoppedByClient[],
  ended: ReadonlyMap<string, ServerStop>,
): number {
  return streams.reduce((sum, { id, isDone, tokens }) => {
    const stop = ended.get(id);
    if (stop === undefined) return sum;
    return sum + (isDone ? Math.abs(stop.tokens - tokens) : Math.max(0, tokens - stop.tokens));
  }, 0);
}
