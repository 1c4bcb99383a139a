// Test support: bounds on how often an event may happen in many simulated experiments, given its
// probability.

import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';

export interface Simulations {
  readonly experiments: number;
  /** Seeds all of them; printed when an expectation fails. */
  readonly seed: number;
}

/**
 * One bound in a thousand is crossed by chance alone; with fixed seeds it is not crossed from one
 * run of the tests to the next.
 */
const CONFIDENCE = 0.999;

/** The most events that chance allows when each has at most this probability. */
export function mostByChance(probability: number, experiments: number): number {
  return binomialQuantile(CONFIDENCE, experiments, probability);
}

/** The fewest events that chance allows when each has at least this probability. */
export function fewestByChance(probability: number, experiments: number): number {
  return binomialQuantile(1 - CONFIDENCE, experiments, probability);
}
