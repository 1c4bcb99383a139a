// Test support: how often something may happen in many simulated experiments, given how probable it is.

import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';

export interface Simulations {
  readonly experiments: number;
  /** Decides all of them; said when an expectation fails. */
  readonly seed: number;
}

/** One bound in a thousand is crossed by chance alone; with fixed seeds it is not crossed from one run of the tests to the next. */
const CONFIDENCE = 0.999;

/** The most that chance allows of what has at most this probability. */
export function mostByChance(probability: number, experiments: number): number {
  return binomialQuantile(CONFIDENCE, experiments, probability);
}

/** The fewest that chance allows of what has at least this probability. */
export function fewestByChance(probability: number, experiments: number): number {
  return binomialQuantile(1 - CONFIDENCE, experiments, probability);
}
