// Estimates the advantage of the arm that ran first in its block: an effect carried over from one
// trial to the next.

import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean } from './moments.ts';

export interface OrderedDifference {
  readonly difference: number;
  readonly baselineFirst: boolean;
}

export interface OrderEffect {
  readonly gamma: number;
  readonly low: number;
  readonly high: number;
}

/**
 * γ of the least-squares fit d = μ + γ·o, o = +1 when the baseline ran first and −1 otherwise, with
 * its 95 % t-interval. Undefined with fewer than three blocks or only one order.
 */
export function orderEffect(blocks: readonly OrderedDifference[]): OrderEffect | undefined {
  const first = blocks.filter((block) => block.baselineFirst).map((block) => block.difference);
  const second = blocks.filter((block) => !block.baselineFirst).map((block) => block.difference);
  const degreesOfFreedom = blocks.length - 2;
  if (first.length === 0 || second.length === 0 || degreesOfFreedom < 1) return undefined;
  // With two values of o the fitted line runs through the two means.
  const gamma = (mean(first) - mean(second)) / 2;
  const residualVariance =
    (squaresAroundMean(first) + squaresAroundMean(second)) / degreesOfFreedom;
  const standardError = Math.sqrt(residualVariance * (1 / first.length + 1 / second.length)) / 2;
  const half = tQuantile(0.975, degreesOfFreedom) * standardError;
  return { gamma, low: gamma - half, high: gamma + half };
}

function squaresAroundMean(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}
