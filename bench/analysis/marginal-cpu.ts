// Computes the CPU cost of one more token and the load-independent cost of a server, from two loads
// in one process, so that nothing but the load differs between them.

import type { CompletedTrial } from '../contract/run-file.ts';
import type { ServerTally } from '../contract/tally.ts';

export interface MarginalCpu {
  readonly nsPerToken: number;
  /**
   * CPU time per wall time without any token, by the straight line through both loads; includes the
   * cost of wake-ups.
   */
  readonly idleShare: number;
}

type Sample = NonNullable<ServerTally['seconds']>[number];

interface Rate {
  /** CPU ns and tokens, per ns. */
  readonly cpu: number;
  readonly tokens: number;
}

/**
 * undefined for a trial without a low phase, and when the two loads are too close to draw a line
 * through.
 */
export function marginalCpu({
  lowPhase,
  server,
}: Pick<CompletedTrial, 'lowPhase' | 'server'>): MarginalCpu | undefined {
  if (lowPhase === undefined || server.seconds === undefined) return undefined;
  const within = server.seconds.filter(
    ({ atNs }) => atNs >= lowPhase.fromNs && atNs <= lowPhase.toNs,
  );
  const low = rateBetween(within[0], within.at(-1));
  const { use, windowTokens } = server;
  const high: Rate = {
    cpu: (use.cpuUserNs + use.cpuSystemNs) / use.wallNs,
    tokens: windowTokens / use.wallNs,
  };
  if (low === undefined || high.tokens < LEAST_RATIO * low.tokens) return undefined;
  const nsPerToken = (high.cpu - low.cpu) / (high.tokens - low.tokens);
  return { nsPerToken, idleShare: high.cpu - nsPerToken * high.tokens };
}

const LEAST_RATIO = 2;

function rateBetween(first: Sample | undefined, last: Sample | undefined): Rate | undefined {
  if (first === undefined || last === undefined || last.atNs <= first.atNs) return undefined;
  const wallNs = last.atNs - first.atNs;
  return {
    cpu: (last.cpuNs - first.cpuNs) / wallNs,
    tokens: (last.tokens - first.tokens) / wallNs,
  };
}
