// How each fault of the relay is carried out. To add one: its kind in bench/contract/faults.ts, and its entry here.

import type { Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import type { Link } from './link.ts';
import { TokenBucket } from './token-bucket.ts';
import { answerUnavailable } from './unavailable.ts';
import { WaitingClient } from './waiting-client.ts';

/** What a fault may do to its relay. */
export interface FaultyRelay {
  readonly now: () => number;
  /** Connections that neither the relay nor their client has ended. */
  readonly links: () => Link[];
  /** Connects a client to the server; `sent` is what was already read from it. */
  readonly join: (client: Socket, sent?: readonly Buffer[]) => void;
  readonly stopListening: () => void;
  /** On the same port. */
  readonly listenAgain: () => Promise<void>;
}

export interface FaultCounts {
  idleCuts: number;
  byteCuts: number;
  answered: number;
  /** Connections on which something was held. */
  held: number;
}

/** `outage` only for faults that last. */
export type Phase = 'before' | 'outage' | 'after';

/** Times in ns, on the relay's clock. Everything is optional: a fault that does nothing at a moment has nothing there. */
export interface FaultBehaviour {
  readonly atStart?: () => void;
  /** At the fault's moment. */
  readonly strike?: () => void;
  /** How long the outage lasts; undefined for what is over in a moment or lasts from the start. */
  readonly forNs?: number;
  readonly heal?: () => void | Promise<void>;
  /** During the outage, for every new connection instead of joining it to the server. */
  readonly takeOver?: (client: Socket) => void;
  /** For every connection that is joined after the start. */
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
      // First, so that nobody who was reset gets through.
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
    const limit = (link: Link): void => link.toClient.limit(new TokenBucket({ bytesPerSecond, now }));
    return { atStart: () => links().forEach(limit), onOpen: limit };
  },
  'cut-after': cutAfter,
};

function blackhole(
  { direction, forNs }: Extract<RelayFault, { kind: 'blackhole' }>,
  relay: FaultyRelay,
  counts: FaultCounts,
): FaultBehaviour {
  // Not those that stand when it is over: whose client has closed meanwhile still has to be told so to the server.
  const held: Link[] = [];
  const waiting: WaitingClient[] = [];
  const hold = (link: Link): void => {
    link.hold(direction);
    held.push(link);
  };
  return {
    forNs,
    strike: () => relay.links().forEach(hold),
    // To the client only: requests come through, so the server is connected at once.
    onOpen: (link, phase) => {
      if (phase === 'outage') hold(link);
    },
    ...(direction === 'both' && { takeOver: (client: Socket) => void waiting.push(new WaitingClient(client)) }),
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

/** The first connections after the start are cut, as many as there are numbers; those that come later pass untouched. */
function cutAfter({ bytes, how }: Extract<RelayFault, { kind: 'cut-after' }>, _: FaultyRelay, counts: FaultCounts): FaultBehaviour {
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

export function behaviourOf(fault: RelayFault, relay: FaultyRelay, counts: FaultCounts): FaultBehaviour {
  // The table's type ties each entry to its kind; a lookup by a union of kinds cannot say so.
  const behaviour = behaviours[fault.kind] as (fault: RelayFault, relay: FaultyRelay, counts: FaultCounts) => FaultBehaviour;
  return behaviour(fault, relay, counts);
}
