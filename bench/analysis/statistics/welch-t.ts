// Welch's t on two independent samples: trials of two runs share no block, so nothing between them
// cancels, and the two runs may be unequally noisy.

import assert from 'node:assert/strict';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, standardDeviation } from './moments.ts';

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The parts of an effect, paired or not, that a one-sided test needs. */
export interface StudentisedEffect {
  readonly mean: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/** Second mean − first mean, in the unit of the samples: natural logarithms for a ratio. */
export interface WelchEffect extends StudentisedEffect {
  /** Standard deviation of the difference between one value of each sample. */
  readonly spread: number;
  readonly interval95: Interval;
  readonly interval90: Interval;
  /** Two-sided p against a difference of 0. */
  readonly p: number;
}

export interface TwoSamples {
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/**
 * Needs at least two values in each sample. Degrees of freedom by Welch (1947), so they need not be
 * whole.
 */
export function welchEffect({ first, second }: TwoSamples): WelchEffect {
  assert(first.length >= 2 && second.length >= 2, 'an interval needs two values of each sample');
  const [firstDeviation, secondDeviation] = [standardDeviation(first), standardDeviation(second)];
  const [a, b] = [firstDeviation ** 2 / first.length, secondDeviation ** 2 / second.length];
  const standardError = Math.sqrt(a + b);
  // Uses shares of the variance, because squares of variances may underflow. Without any spread the
  // degrees do not matter.
  const share = standardError > 0 ? a / (a + b) : 0.5;
  const degreesOfFreedom =
    1 / (share ** 2 / (first.length - 1) + (1 - share) ** 2 / (second.length - 1));
  const centre = mean(second) - mean(first);
  const interval = (confidence: number): Interval => {
    const half =
      standardError > 0 ? tQuantile((1 + confidence) / 2, degreesOfFreedom) * standardError : 0;
    return { low: centre - half, high: centre + half };
  };
  const effect: StudentisedEffect = { mean: centre, standardError, degreesOfFreedom };
  return {
    ...effect,
    spread: Math.hypot(firstDeviation, secondDeviation),
    interval95: interval(0.95),
    interval90: interval(0.9),
    p: 2 * Math.min(exceedsP(effect, 0), fallsShortP(effect, 0)),
  };
}

/** One-sided p of "the true mean is above `bound`": small when that is shown. */
export function exceedsP(effect: StudentisedEffect, bound: number): number {
  return lowerTail(bound - effect.mean, effect);
}

/** One-sided p of "the true mean is below `bound`". */
export function fallsShortP(effect: StudentisedEffect, bound: number): number {
  return lowerTail(effect.mean - bound, effect);
}

/**
 * p of the two one-sided tests that the mean lies within ±margin (Schuirmann 1987): the larger of
 * the two.
 */
export function welchTostP(effect: StudentisedEffect, margin: number): number {
  return Math.max(exceedsP(effect, -margin), fallsShortP(effect, margin));
}

/** P(T ≤ distance / standardError); samples without any spread count as exact. */
function lowerTail(
  distance: number,
  { standardError, degreesOfFreedom }: StudentisedEffect,
): number {
  if (standardError > 0) return tCdf(distance / standardError, degreesOfFreedom);
  return distance === 0 ? 0.5 : distance > 0 ? 1 : 0;
}
