// Implements each fault of the relay. To add one: its kind in bench/contract/faults.ts, and its
// entry here.

import type { Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import type { Link } from './link.ts';
import { TokenBucket } from './token-bucket.ts';
import { answerUnavailable } from './unavailable.ts';
import { WaitingClient } from './waiting-client.ts';

/** The operations on a relay that a fault may use. */
export interface FaultyRelay {
  readonly now: () => number;
  /** Connections that neither the relay nor their client has closed. */
  readonly links: () => Link[];
  /** Connects a client to the server; `sent` holds the bytes already read from the client. */
  readonly join: (client: Socket, sent?: readonly Buffer[]) => void;
  readonly stopListening: () => void;
  /** Listens on the same port. */
  readonly listenAgain: () => Promise<void>;
}

export interface FaultCounts {
  idleCuts: number;
  byteCuts: number;
  answered: number;
  /** Number of connections on which something was held. */
  held: number;
}

/** `outage` occurs only for faults that last. */
export type Phase = 'before' | 'outage' | 'after';

/**
 * Times are in ns, on the relay's clock. Every hook is optional: a fault leaves out those it does
 * not need.
 */
export interface FaultBehaviour {
  readonly atStart?: () => void;
  /** Called at the fault's moment. */
  readonly strike?: () => void;
  /**
   * Duration of the outage; undefined for a momentary fault and for one that lasts from the start.
   */
  readonly forNs?: number;
  readonly heal?: () => void | Promise<void>;
  /** Called during the outage for every new connection, instead of joining it to the server. */
  readonly takeOver?: (client: Socket) => void;
  /** Called for every connection that is joined after the start. */
  readonly onOpen?: (link: Link, phase: Phase) => void;
}

type Behaviours = {
  readonly [Kind in RelayFault['kind']]: (
    fault: Extract<RelayFault, { kind: Kind }>,
    relay: FaultyRelay,
    counts: FaultCounts,
  ) => FaultBehaviour;
};

function resetAll({ links }: FaultyRelay): void {
  for (const link of links()) link.reset();
}

const behaviours: Behaviours = {
  reset: (_, relay) => ({ strike: () => resetAll(relay) }),
  end: (_, relay) => ({
    strike: () => {
      for (const link of relay.links()) link.end();
    },
  }),
  blackhole,
  refuse: ({ forNs }, relay) => ({
    forNs,
    strike: () => {
      // Stops listening first, so that no client that was reset gets through.
      relay.stopListening();
      resetAll(relay);
    },
    heal: () => relay.listenAgain(),
  }),
  unavailable: ({ forNs, statusCode }, relay, counts) => ({
    forNs,
    strike: () => resetAll(relay),
    takeOver: (client) => answerUnavailable(client, statusCode, () => counts.answered++),
  }),
  'idle-cut': ({ idleNs }, relay, counts) => {
    const watch = (link: Link): void => link.endWhenIdle(idleNs, () => counts.idleCuts++);
    return { atStart: () => relay.links().forEach(watch), onOpen: watch };
  },
  'hold-first-byte': ({ forNs }, relay, counts) => ({
    strike: () => resetAll(relay),
    onOpen: (link, phase) => {
      if (phase === 'after') link.toClient.holdFirstByte(forNs, () => counts.held++);
    },
  }),
  bandwidth: ({ bytesPerSecond }, { now, links }) => {
    const limit = (link: Link): void =>
      link.toClient.limit(new TokenBucket({ bytesPerSecond, now }));
    return { atStart: () => links().forEach(limit), onOpen: limit };
  },
  swallow: ({ bytes }, { links }) => {
    const swallow = (link: Link): void => link.toClient.swallow(bytes);
    return { atStart: () => links().forEach(swallow), onOpen: swallow };
  },
  'cut-after': cutAfter,
};

function blackhole(
  { direction, forNs }: Extract<RelayFault, { kind: 'blackhole' }>,
  relay: FaultyRelay,
  counts: FaultCounts,
): FaultBehaviour {
  // Links held during the outage, not those standing at its end: a close by a client meanwhile must
  // still reach the server.
  const held: Link[] = [];
  const waiting: WaitingClient[] = [];
  const hold = (link: Link): void => {
    link.hold(direction);
    held.push(link);
  };
  return {
    forNs,
    strike: () => relay.links().forEach(hold),
    // Reached with direction `to-client` only: requests come through, so the server is connected at
    // once.
    onOpen: (link, phase) => {
      if (phase === 'outage') hold(link);
    },
    ...(direction === 'both' && {
      takeOver: (client: Socket) => void waiting.push(new WaitingClient(client)),
    }),
    heal: () => {
      for (const link of held.splice(0)) {
        if (link.isHoldingBack) counts.held++;
        link.release();
      }
      for (const client of waiting.splice(0)) {
        if (client.hasSent) counts.held++;
        const left = client.leave();
        if (left !== undefined) relay.join(left.client, left.sent);
      }
    },
  };
}

/**
 * Cuts the first connections after the start, one for each number in `bytes`; later connections
 * pass untouched.
 */
function cutAfter(
  { bytes, how }: Extract<RelayFault, { kind: 'cut-after' }>,
  _: FaultyRelay,
  counts: FaultCounts,
): FaultBehaviour {
  let opened = 0;
  return {
    onOpen: (link) => {
      const afterBytes = bytes[opened++];
      if (afterBytes === undefined) return;
      const onCut = (): void => {
        counts.byteCuts++;
        if (how === 'fin') link.end();
        else link.reset();
      };
      link.toClient.cutAfter({ afterBytes, onCut });
    },
  };
}

export function behaviourOf(
  fault: RelayFault,
  relay: FaultyRelay,
  counts: FaultCounts,
): FaultBehaviour {
  // The table's type ties each entry to its kind; a lookup by a union of kinds cannot express that.
  const behaviour = behaviours[fault.kind] as (
    fault: RelayFault,
    relay: FaultyRelay,
    counts: FaultCounts,
  ) => FaultBehaviour;
  return behaviour(fault, relay, counts);
}
