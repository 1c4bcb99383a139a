// Decides when a measurement is precise enough to stop. The rule considers how wide the intervals
// are and never where they lie, so it cannot wait for a welcome result.

import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { pairedEffect } from './paired-t.ts';

/** With fewer blocks the spread itself is not known well enough to decide by it. */
export const LEAST_BLOCKS_TO_STOP = 10;

/** One endpoint over the blocks so far, and the largest half-width that its interval may have. */
export type EndpointPrecision =
  | {
      /** Logarithms of other/baseline, one per block. */
      readonly logarithms: readonly number[];
      /** 0.05 for an interval of a factor of 1.05 either way. */
      readonly targetRatio: number;
    }
  | {
      /** Other − baseline, one per block. */
      readonly differences: readonly number[];
      /** Half-width in the unit of the differences. */
      readonly target: number;
    };

/**
 * Whether every endpoint has at least ten blocks and a half-width of at most its target; false
 * without endpoints. An interval that decided when to stop covers a little less than the 95 % it is
 * made for.
 */
export function isPrecise(endpoints: readonly EndpointPrecision[]): boolean {
  return endpoints.length > 0 && endpoints.every(isPreciseEnough);
}

function isPreciseEnough(endpoint: EndpointPrecision): boolean {
  if ('logarithms' in endpoint) {
    const half = halfWidthRatio(endpoint.logarithms);
    return (
      half !== undefined &&
      endpoint.logarithms.length >= LEAST_BLOCKS_TO_STOP &&
      half <= endpoint.targetRatio
    );
  }
  const half = halfWidth(endpoint.differences);
  return (
    half !== undefined &&
    endpoint.differences.length >= LEAST_BLOCKS_TO_STOP &&
    half <= endpoint.target
  );
}

/**
 * Half of the t-interval of the mean, in the unit of the differences; undefined with fewer than two
 * of them.
 */
export function halfWidth(differences: readonly number[], confidence = 0.95): number | undefined {
  if (differences.length < 2) return undefined;
  return (
    tQuantile((1 + confidence) / 2, differences.length - 1) *
    pairedEffect(differences).standardError
  );
}

/**
 * The factor by which the 95 % interval of a ratio reaches beyond it, less 1; undefined with fewer
 * than two logarithms.
 */
export function halfWidthRatio(logarithms: readonly number[]): number | undefined {
  const half = halfWidth(logarithms);
  return half === undefined ? undefined : Math.expm1(half);
}
