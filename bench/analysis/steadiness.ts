// Detects whether delivery changed in the course of the window: a trial that warms up or falls
// behind while it is measured.

import type { CompletedTrial } from '../contract/run-file.ts';
import { nearestRank } from './statistics/quantile.ts';
import { sortNumbers } from './statistics/sort-numbers.ts';

/** Fewer tokens in a third of the window say nothing about it. */
const MIN_TOKENS_PER_THIRD = 50;
const LEAST_RATIO = 0.8;
const LARGEST_RATIO = 1.25;

/**
 * Median delivery of the first and of the last third of the window, and the latter over the former;
 * both columns are in order of planned time. A third with too few tokens has no median; there is no
 * ratio without both or when the first is not positive.
 */
export function measureSteadiness(
  window: { readonly windowStartNs: number; readonly windowEndNs: number },
  plannedNs: Float64Array,
  deliveryNs: Float64Array,
): CompletedTrial['steadiness'] {
  const thirdNs = (window.windowEndNs - window.windowStartNs) / 3;
  const firstEnd = plannedNs.findIndex((ns) => ns >= window.windowStartNs + thirdNs);
  const lastStart = plannedNs.findLastIndex((ns) => ns < window.windowEndNs - thirdNs) + 1;
  const first = firstEnd === -1 ? undefined : medianOf(deliveryNs.subarray(0, firstEnd));
  const last = medianOf(deliveryNs.subarray(lastStart));
  const thirds = {
    ...(first !== undefined && { firstThirdP50Ns: first }),
    ...(last !== undefined && { lastThirdP50Ns: last }),
  };
  if (first === undefined || last === undefined || first <= 0)
    return { ...thirds, isDrifting: false };
  const driftRatio = last / first;
  return {
    ...thirds,
    driftRatio,
    isDrifting: driftRatio < LEAST_RATIO || driftRatio > LARGEST_RATIO,
  };
}

function medianOf(samples: Float64Array): number | undefined {
  const present = samples.filter((sample) => !Number.isNaN(sample));
  return present.length < MIN_TOKENS_PER_THIRD ? undefined : nearestRank(sortNumbers(present), 0.5);
}
