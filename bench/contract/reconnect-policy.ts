// Reconnection policies of a client, as values. Both arms draw from the same seeded numbers, so
// equal policies attempt at equal moments.

import { transports, type TransportId } from './arms/transports.ts';
import { fullJitter, type Backoff } from './backoff.ts';
import { deriveSeed, seededDraw } from './random.ts';
import { NS_PER_MS } from './units.ts';

interface ReconnectPolicy {
  readonly summary: string;
  /** Time from the loss, or the failed attempt, to the next attempt. */
  readonly delayNs: (transport: TransportId, backoff: Backoff) => number;
  /**
   * Whether a response with an unexpected HTTP status ends the stream for good. 204 always does.
   */
  readonly isRefusalFinal: (transport: TransportId) => boolean;
  /** Whether a connection without a byte for `DEAD_AFTER` heartbeats is considered dead. */
  readonly watchesSilence: boolean;
}

const BASE_NS = 500 * NS_PER_MS;

const identical: ReconnectPolicy = {
  summary:
    'both transports alike: full jitter up to 0.5 s, doubled up to 10 s; silence counts as loss; a 5xx is tried again',
  delayNs: (_transport, backoff) => fullJitter(backoff, BASE_NS),
  isRefusalFinal: () => false,
  watchesSilence: true,
};

const asSpecified: ReconnectPolicy = {
  summary:
    'as the specifications say: EventSource waits `retry` (3 s) without jitter and gives up on any status but 200; WebSocket waits 0 to 5 s at random (RFC 6455), then up to 10 s; neither watches for silence',
  delayNs: (transport, backoff) => {
    const specified = transports[transport].specifiedReconnect;
    return specified === undefined
      ? identical.delayNs(transport, backoff)
      : specified.delayNs(backoff);
  },
  isRefusalFinal: (transport) => transports[transport].specifiedReconnect?.isRefusalFinal === true,
  watchesSilence: false,
};

export const policies = { identical, 'as-specified': asSpecified } as const satisfies Record<
  string,
  ReconnectPolicy
>;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as PolicyName[];

/**
 * The SSE server's `retry` when EventSource is to wait as browsers do by default (Chromium: 3 s).
 */
export const AS_SPECIFIED_RETRY_MS = 3000;

/** A connection without any byte for this many heartbeat intervals is dead: two may be missed. */
export const DEAD_AFTER = 2.5;

const BACKOFF_SEED = 0x6261636b;

/** Random numbers for the delays of one stream of one trial; equal in all arms of a block. */
export function backoffDraw(workloadSeed: number, stream: number): () => number {
  return seededDraw(deriveSeed(workloadSeed, BACKOFF_SEED, stream));
}
