// Plans the streams of a storm: all start at one moment, each with its own text.

import { deriveSeed } from './random.ts';
import { NS_PER_S } from './units.ts';
import type { Workload } from './workload.ts';

/**
 * The first and the last token of a stream. More would make the server write tokens while its
 * accept rate is measured.
 */
export const STORM_TOKENS = 2;
/** A stream that is not accepted by then has timed out. */
export const OPEN_TIMEOUT_NS = 10 * NS_PER_S;

interface StormedStream {
  readonly slot: number;
  readonly startNs: number;
  readonly tokens: number;
  readonly seed: number;
}

const STORM_SEED = 0x73746f72;

/**
 * One stream a connection, in the order in which they are opened. @param atNs Their common start,
 * ns since T0.
 */
export function planStorm(
  atNs: number,
  options: {
    readonly workload: Pick<Workload, 'tokensPerStream'>;
    readonly connections: number;
    readonly seed: number;
  },
): StormedStream[] {
  const { workload, connections, seed } = options;
  return Array.from({ length: connections }, (_, slot) => ({
    slot,
    startNs: atNs,
    tokens: workload.tokensPerStream,
    seed: deriveSeed(seed, STORM_SEED, slot),
  }));
}
