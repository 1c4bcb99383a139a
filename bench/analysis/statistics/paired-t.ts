// Student's t on paired differences: one difference per block, so noise that both arms of a block
// share cancels.

import assert from 'node:assert/strict';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, standardDeviation } from './moments.ts';

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Effect in the unit of the differences: natural logarithms for a ratio. */
export interface PairedEffect {
  readonly count: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly standardError: number;
  readonly interval95: Interval;
  readonly interval90: Interval;
  /** Two-sided p of the t-test against a mean of 0. */
  readonly p: number;
}

/** Needs at least two differences. */
export function pairedEffect(differences: readonly number[]): PairedEffect {
  const count = differences.length;
  assert(count >= 2, 'an interval needs two differences');
  const centre = mean(differences);
  const deviation = standardDeviation(differences);
  const standardError = deviation / Math.sqrt(count);
  const interval = (confidence: number): Interval => {
    const half = tQuantile((1 + confidence) / 2, count - 1) * standardError;
    return { low: centre - half, high: centre + half };
  };
  return {
    count,
    mean: centre,
    standardDeviation: deviation,
    standardError,
    interval95: interval(0.95),
    interval90: interval(0.9),
    p: 2 * (1 - tProbability(Math.abs(centre), standardError, count - 1)),
  };
}

/**
 * p of the two one-sided tests that the mean lies within ±margin (Schuirmann 1987): the larger of
 * the two.
 */
export function tostP(effect: PairedEffect, margin: number): number {
  const { mean: centre, standardError, count } = effect;
  const isTooLow = 1 - tProbability(centre + margin, standardError, count - 1);
  const isTooHigh = tProbability(centre - margin, standardError, count - 1);
  return Math.max(isTooLow, isTooHigh);
}

/** P(T ≤ distance / standardError); differences without any spread count as exact. */
function tProbability(distance: number, standardError: number, degreesOfFreedom: number): number {
  if (standardError > 0) return tCdf(distance / standardError, degreesOfFreedom);
  return distance === 0 ? 0.5 : distance > 0 ? 1 : 0;
}
