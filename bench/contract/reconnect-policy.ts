// When a client tries again, as a value. Both arms draw from the same seeded numbers, so where the policies are equal, so are
// the moments of their attempts.

import { deriveSeed, seededDraw } from './random.ts';
import type { TransportId } from './transports.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

interface Backoff {
  /** Since the last connection that delivered a byte, from 0. */
  readonly attempt: number;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
  /** What the server asked for with SSE's `retry`. */
  readonly retryNs: number;
}

interface ReconnectPolicy {
  readonly summary: string;
  /** From the loss, or the attempt that failed, to the next attempt. */
  readonly delayNs: (transport: TransportId, backoff: Backoff) => number;
  /** Whether an answer with an HTTP status other than the expected one ends it for good. 204 always does. */
  readonly isRefusalFinal: (transport: TransportId) => boolean;
  /** Whether a connection without a byte for `DEAD_AFTER` heartbeats is given up. */
  readonly watchesSilence: boolean;
}

const BASE_NS = 500 * NS_PER_MS;
const CAP_NS = 10 * NS_PER_S;
/** RFC 6455 §7.2.3: a first delay of 0 to 5 s is its own example; how far the back-off goes is left open. */
const RFC_6455_FIRST_NS = 5 * NS_PER_S;

/** Full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015). */
function fullJitter({ attempt, draw }: Backoff, baseNs: number, capNs: number): number {
  return draw() * Math.min(capNs, baseNs * 2 ** attempt);
}

const identical: ReconnectPolicy = {
  summary: 'both transports alike: full jitter up to 0.5 s, doubled up to 10 s; silence counts as loss; a 5xx is tried again',
  delayNs: (_transport, backoff) => fullJitter(backoff, BASE_NS, CAP_NS),
  isRefusalFinal: () => false,
  watchesSilence: true,
};

const asSpecified: ReconnectPolicy = {
  summary:
    'as the specifications say: EventSource waits `retry` (3 s) without jitter and gives up on any status but 200; WebSocket waits 0 to 5 s at random (RFC 6455), then up to 10 s; neither watches for silence',
  delayNs: (transport, backoff) => {
    if (transport === 'sse') return backoff.retryNs;
    if (transport === 'ws') return fullJitter(backoff, RFC_6455_FIRST_NS, CAP_NS);
    return identical.delayNs(transport, backoff);
  },
  // WHATWG HTML §9.2.3: "fail the connection". A WebSocket program only learns that the handshake failed, and may try again.
  isRefusalFinal: (transport) => transport === 'sse',
  watchesSilence: false,
};

export const policies = { identical, 'as-specified': asSpecified } as const satisfies Record<string, ReconnectPolicy>;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as PolicyName[];

/** What the SSE server sends as `retry` where EventSource is to wait as browsers do by default (Chromium: 3 s). */
export const AS_SPECIFIED_RETRY_MS = 3000;

/** A connection without any byte for this many heartbeat intervals is dead: two may be missed. */
export const DEAD_AFTER = 2.5;

const BACKOFF_SEED = 0x6261636b;

/** The delays of one stream of one trial; equal in all arms of a block where the policy makes no difference. */
export function backoffDraw(workloadSeed: number, stream: number): () => number {
  return seededDraw(deriveSeed(workloadSeed, BACKOFF_SEED, stream));
}
