// Joins the inputs that clients sent with their receipt by the server, and with the tokens that carry
// them. Pure.

import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import { tellWaysOf, type TransportStops } from '../../../contract/arms/stop-ways.ts';
import type { Distribution } from '../../../contract/distribution.ts';
import {
  steerText,
  type ServerSteer,
  type SteerCell,
  type SteeredByClient,
} from '../../../contract/steers.ts';
import { streamStates } from '../../../contract/told-streams.ts';

export interface JoinedSteers {
  readonly cells: readonly SteerCell[];
  /** Inputs that the server took up more than once, or that no client sent to the stream. */
  readonly strays: number;
}

interface JoinedSteer {
  readonly sentNs: number;
  readonly seenNs: number | undefined;
  readonly taken: Pick<ServerSteer, 'receivedNs' | 'writtenNs'> | undefined;
}

const keyOf = (id: string, text: string): string => `${id} ${text}`;

/** @param taken All that the server took up, in any order. */
export function joinSteers(
  streams: readonly SteeredByClient[],
  taken: readonly ServerSteer[],
  ways: TransportStops,
): JoinedSteers {
  const received = Map.groupBy(taken, ({ id, text }) => keyOf(id, text));
  const sent = new Set<string>();
  const join = (stream: SteeredByClient): readonly JoinedSteer[] =>
    stream.steers.flatMap(({ number, sentNs, seenNs, isWarmUp }) => {
      const key = keyOf(stream.id, steerText(number));
      sent.add(key);
      return isWarmUp === true ? [] : [{ sentNs, seenNs, taken: received.get(key)?.[0] }];
    });
  const cells = streamStates.flatMap((state) =>
    tellWaysOf(ways).map((way) => {
      const own = streams.filter((stream) => stream.way === way && stream.state === state);
      return joinCell({ way, state }, own, own.flatMap(join));
    }),
  );
  const strays = [...received].reduce(
    (sum, [key, of]) => sum + of.length - (sent.has(key) ? 1 : 0),
    0,
  );
  return { cells, strays };
}

function joinCell(
  place: Pick<SteerCell, 'way' | 'state'>,
  own: readonly SteeredByClient[],
  steers: readonly JoinedSteer[],
): SteerCell {
  const failures = own.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  const upNs = delays(steers, ({ sentNs, taken }) => taken && taken.receivedNs - sentNs);
  const takenNs = delays(steers, ({ taken }) => taken && taken.writtenNs - taken.receivedNs);
  const backNs = delays(steers, ({ sentNs, seenNs }) => seenNs && seenNs - sentNs);
  return {
    ...place,
    planned: own.reduce((sum, { planned }) => sum + planned, 0),
    sent: steers.length,
    received: upNs?.count ?? 0,
    seen: backNs?.count ?? 0,
    failed: failures.length,
    ...(first !== undefined && { example: first.message }),
    ...(upNs !== undefined && { upNs }),
    ...(takenNs !== undefined && { takenNs }),
    ...(backNs !== undefined && { backNs }),
    sentBytes: Math.max(0, ...own.map(({ sentBytes }) => sentBytes)),
  };
}

/** In order of time, so that those of one stall are neighbours; undefined where none has the delay. */
function delays(
  steers: readonly JoinedSteer[],
  delayOf: (steer: JoinedSteer) => number | undefined,
): Distribution | undefined {
  const timed = steers
    .flatMap((steer) => {
      const delayNs = delayOf(steer);
      return delayNs === undefined ? [] : [{ sentNs: steer.sentNs, delayNs }];
    })
    .toSorted((a, b) => a.sentNs - b.sentNs);
  return summariseDistribution(
    Float64Array.from(timed, ({ delayNs }) => delayNs),
    Float64Array.from(timed, ({ sentNs }) => sentNs),
  );
}
