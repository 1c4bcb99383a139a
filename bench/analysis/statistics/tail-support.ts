// Decides whether a quantile far from the median may be printed: its tail must come from many
// separate stalls, as one stall of 15 ms is the slowest hundredth of a window of 1.5 s, however
// many tokens fell into it.

import { quantileGrid, type Distribution, type GridQuantile } from '../../contract/distribution.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { isQuantileSupported } from './rank-interval.ts';
import type { TimeBatch } from './time-batches.ts';

const LEAST_STALLS = 10;
/** Length of a short stall, such as a garbage collection or a time slice of another program. */
const SHORT_STALL_NS = 5 * NS_PER_MS;
/** Quantiles nearer to the median have so large a tail that samples decide, not stalls. */
const LARGEST_TAIL = 0.1;

/**
 * Whether the tail of a window is as long as ten short stalls: p99 from 5 s on, p90 from 0.5 s. The
 * plan alone decides, so the answer is the same for all arms.
 */
export function canWindowCarry(q: number, windowNs: number): boolean {
  const tail = Math.min(q, 1 - q);
  // 1 − 0.99 is a little above 0.01.
  return q === 0 || q === 1 || tail * windowNs * (1 + 1e-9) >= LEAST_STALLS * SHORT_STALL_NS;
}

/**
 * Distributions of older runs, and of samples without an order in time, are judged by their
 * effective count alone.
 */
export function supportsQuantile(
  q: GridQuantile,
  distribution: Distribution,
  windowNs: number,
): boolean {
  const { effectiveCount, tailBatches } = distribution;
  if (q === 0 || q === 1) return true;
  if (tailBatches === undefined || Math.min(q, 1 - q) > LARGEST_TAIL + 1e-9)
    return isQuantileSupported(q, effectiveCount);
  return canWindowCarry(q, windowNs) && (tailBatches[quantileGrid.indexOf(q)] ?? 0) >= LEAST_STALLS;
}

/** @param values Quantiles at quantileGrid. */
export function countTailBatches(
  values: readonly number[],
  batches: readonly TimeBatch[],
): number[] {
  return quantileGrid.map((q, index) => {
    const value = values[index] as number;
    return batches.filter(({ least, most }) => (q < 0.5 ? least <= value : most >= value)).length;
  });
}

export const TOO_FEW_SAMPLES = 'too few independent samples';

/** Why trials lack a quantile, in words. */
export function whyUnsupported(
  q: GridQuantile | undefined,
  distributions: readonly Distribution[],
): string {
  const isByStalls = q !== undefined && Math.min(q, 1 - q) <= LARGEST_TAIL + 1e-9;
  return isByStalls && distributions.some(({ tailBatches }) => tailBatches !== undefined)
    ? `fewer than ${LEAST_STALLS} separate stalls make up its tail`
    : TOO_FEW_SAMPLES;
}
