// How long a conversation takes by its plan, in round trips: for estimates before a run, and for what
// a run is expected to find.

import type { TurnConditions } from './turn-conditions.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';
import type { Workload } from './workload.ts';

/** From the request to the first token, counted in round trips. */
export function roundTripsOf({
  connection,
  protocol,
}: Pick<TurnConditions, 'connection'> & { readonly protocol: string }): number {
  if (connection === 'kept') return 1;
  // The handshake of TCP, then a request and its answer; a WebSocket has its upgrade in between.
  return protocol === 'websocket' ? 3 : 2;
}

interface TimedPlan {
  readonly turns?: { readonly turns: number } | undefined;
  readonly loadPoints: readonly { readonly turns?: TurnConditions | undefined }[];
  readonly workload: Pick<Workload, 'tokensPerStream' | 'tokensPerSecond' | 'firstTokenMedianMs'>;
}

/** The time of a reply without any network. */
export function replyNs({
  tokensPerStream,
  tokensPerSecond,
  firstTokenMedianMs,
}: TimedPlan['workload']): number {
  return firstTokenMedianMs * NS_PER_MS + ((tokensPerStream - 1) * NS_PER_S) / tokensPerSecond;
}

/** Mean over the load points, and over transports; undefined for a plan without conversations. */
export function conversationNs({ turns, loadPoints, workload }: TimedPlan): number | undefined {
  if (turns === undefined) return undefined;
  const perTurn = loadPoints.flatMap(({ turns: conditions }) =>
    conditions === undefined
      ? []
      : ['event-stream', 'websocket'].map(
          (protocol) =>
            replyNs(workload) +
            conditions.roundTripNs * roundTripsOf({ connection: conditions.connection, protocol }),
        ),
  );
  return (turns.turns * perTurn.reduce((sum, ns) => sum + ns, 0)) / Math.max(1, perTurn.length);
}
