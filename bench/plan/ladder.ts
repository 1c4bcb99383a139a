// Plans the ladder of scenario `memory`: its rungs, their streaming time and their silence.

import type { LadderPlan } from '../contract/ladder.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { usageError } from './quantities.ts';

/** A line through only two rungs always fits. */
const LEAST_RUNGS = 3;
/** Memory that a stream allocates with its first tokens must be present when memory is read. */
const LEAST_TOKENS = 5;
/**
 * Well below the accept rate of one server process, so that all streams of a rung are open when it
 * begins to stream.
 */
const OPENS_PER_SECOND = 2000;
/**
 * Four collections with their pauses and the readings take some 500 ms with a small heap, and 0.05
 * ms more for each connection; half as much again is left for a busy machine.
 */
const QUIET_NS = 800 * NS_PER_MS;
const QUIET_PER_CONNECTION_NS = 0.1 * NS_PER_MS;

export interface LadderWishes {
  readonly connections: readonly number[];
  readonly tokensPerSecond: number;
  readonly streamNs: number;
  readonly serverProcesses: number;
}

/**
 * On the way down it stops on every second rung, and at 0: these readings only show what is
 * released. @throws BenchError USAGE
 */
export function planLadder({
  connections,
  tokensPerSecond,
  streamNs,
  serverProcesses,
}: LadderWishes): LadderPlan {
  checkRungs(connections);
  checkTokens({ tokensPerSecond, streamNs });
  const below = connections.slice(0, -1).toReversed();
  return {
    rungs: [...connections],
    downRungs: [...below.filter((_, index) => index % 2 === 1), 0],
    opensPerSecond: OPENS_PER_SECOND,
    streamNs,
    // All server processes collect at once, on the CPUs that there are.
    quietNs: QUIET_NS * serverProcesses,
    quietPerConnectionNs: QUIET_PER_CONNECTION_NS,
  };
}

function checkRungs(connections: readonly number[]): void {
  const isRising = connections.every(
    (count, index) => index === 0 || count > (connections[index - 1] as number),
  );
  if (connections.length >= LEAST_RUNGS && isRising) return;
  throw usageError(
    '--connections',
    connections.join(','),
    `at least ${LEAST_RUNGS} rungs of a ladder, rising, such as 250,500,1000`,
  );
}

function checkTokens({
  tokensPerSecond,
  streamNs,
}: Pick<LadderWishes, 'tokensPerSecond' | 'streamNs'>): void {
  const seconds = streamNs / NS_PER_S;
  if (tokensPerSecond * seconds >= LEAST_TOKENS) return;
  const least = `at least ${LEAST_TOKENS} tokens of each stream on a rung`;
  throw usageError(
    '--rate',
    String(tokensPerSecond),
    `${least}: with ${seconds} s of streaming (--duration) at least ${LEAST_TOKENS / seconds}`,
  );
}
