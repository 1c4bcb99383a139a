// Tests whether the p-values of many experiments with two equal arms are spread evenly from 0 to 1,
// as they must be.

import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';

const LEVEL = 0.05;
/** A sound harness causes a false alarm once in a hundred times. */
const ALARM = 0.01;
/**
 * With fewer p-values the approximation of the Kolmogorov–Smirnov distribution is off by more than
 * 0.0006.
 */
const LEAST_FOR_UNIFORMITY = 20;
/** Further terms are below 1e-20 wherever the sum is needed. */
const MAX_TERMS = 25;
/** Below this value, the true p differs from 1 by less than 1e-12 and the sum converges slowly. */
const SURELY_UNIFORM = 0.2;

export interface Uniformity {
  readonly count: number;
  /** Number of p-values below 0.05. */
  readonly significant: number;
  /** The fewest of them that chance alone gives in less than 1 % of cases. */
  readonly tooManyFrom: number;
  readonly hasTooMany: boolean;
  /**
   * p of the Kolmogorov–Smirnov test against the uniform law; undefined with fewer than 20
   * p-values.
   */
  readonly uniformityP: number | undefined;
  /** True when that p is below 0.01. */
  readonly isDoubtful: boolean;
}

/**
 * Needs independent p-values: one endpoint of many experiments, not many endpoints of one, which
 * share its trials. Sign-flip p-values come in steps of 2/2^B, which is too fine to matter from
 * nine blocks and below some ten thousand p-values.
 */
export function judgeUniformity(ps: readonly number[]): Uniformity {
  const count = ps.length;
  const significant = ps.filter((p) => p < LEVEL).length;
  const tooManyFrom = fewestTooMany(count);
  const uniformityP =
    count < LEAST_FOR_UNIFORMITY ? undefined : kolmogorovP(distanceFromUniform(ps), count);
  return {
    count,
    significant,
    tooManyFrom,
    hasTooMany: significant >= tooManyFrom,
    uniformityP,
    isDoubtful: uniformityP !== undefined && uniformityP < ALARM,
  };
}

/** The fewest of `count` events with 5 % each that chance alone gives in less than 1 % of cases. */
export function fewestTooMany(count: number): number {
  return binomialQuantile(1 - ALARM, count, LEVEL) + 1;
}

/** Largest distance between the empirical distribution function and that of the uniform law. */
export function distanceFromUniform(ps: readonly number[]): number {
  const sorted = Float64Array.from(ps).sort();
  let largest = 0;
  for (const [index, p] of sorted.entries())
    largest = Math.max(largest, (index + 1) / sorted.length - p, p - index / sorted.length);
  return largest;
}

/** P(D ≥ distance): Kolmogorov's limit with the correction of Vrbik (2018) for small samples. */
function kolmogorovP(distance: number, count: number): number {
  const root = Math.sqrt(count);
  const limit = root * distance;
  const corrected = limit + 1 / (6 * root) + (limit - 1) / (4 * count);
  if (corrected < SURELY_UNIFORM) return 1;
  let sum = 0;
  for (let term = 1; term <= MAX_TERMS; term++)
    sum += (term % 2 === 1 ? 2 : -2) * Math.exp(-2 * (term * corrected) ** 2);
  return Math.min(1, Math.max(0, sum));
}
