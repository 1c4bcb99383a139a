// Time before a reconnection attempt, as pure functions of the attempt and a seeded draw.

import { NS_PER_S } from './units.ts';

export interface Backoff {
  /** Attempts since the last connection that delivered a byte, from 0. */
  readonly attempt: number;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
  /** Delay that the server sent as SSE's `retry`. */
  readonly retryNs: number;
}

const CAP_NS = 10 * NS_PER_S;

/**
 * Full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): up to `baseNs`, doubled with
 * each attempt up to 10 s.
 */
export function fullJitter({ attempt, draw }: Backoff, baseNs: number): number {
  return draw() * Math.min(CAP_NS, baseNs * 2 ** attempt);
}
