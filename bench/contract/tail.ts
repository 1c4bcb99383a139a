// How long the streams of a trial go on after its window.

import { NS_PER_MS, NS_PER_S } from './units.ts';
import type { Workload } from './workload.ts';

/**
 * Streams go on for this long after the window, so that its last tokens and the memory reading see
 * a whole population.
 */
export const TAIL_NS = 250 * NS_PER_MS;

/**
 * The last stream of a slot ends with its last token, up to one gap before the end of the tail; it
 * must end after the window.
 */
export function tailOf({ tokensPerSecond }: Pick<Workload, 'tokensPerSecond'>): number {
  // With σ 0.3, 1 in 150 lognormal gaps is longer than two mean ones.
  return Math.max(TAIL_NS, (2 * NS_PER_S) / tokensPerSecond);
}
