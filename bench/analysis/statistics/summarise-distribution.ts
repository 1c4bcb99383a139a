// Summarises many samples of one trial as a distribution. Their order in time matters only for how
// much evidence they are.

import assert from 'node:assert/strict';
import { quantileGrid, type Distribution } from '../../contract/distribution.ts';
import { countTailBatches } from './tail-support.ts';
import { batchByTime, effectiveCountOfBatches } from './time-batches.ts';
import { nearestRank } from './quantile.ts';
import { sortNumbers } from './sort-numbers.ts';

/**
 * undefined without samples. The samples are in order of time and must not be NaN.
 * @param timesNs When each sample was due; samples of one stall then count as dependent.
 */
export function summariseDistribution(
  samplesInTimeOrder: Float64Array,
  timesNs?: Float64Array,
): Distribution | undefined {
  const count = samplesInTimeOrder.length;
  if (count === 0) return undefined;
  const sorted = sortNumbers(samplesInTimeOrder);
  let sum = 0;
  for (const sample of samplesInTimeOrder) sum += sample;
  assert(!Number.isNaN(sum), 'samples hold no NaN');
  const values = quantileGrid.map((q) => nearestRank(sorted, q) as number);
  const batches = timesNs && batchByTime(samplesInTimeOrder, timesNs);
  return {
    count,
    effectiveCount:
      batches === undefined
        ? effectiveCount(samplesInTimeOrder, sum / count)
        : effectiveCountOfBatches(samplesInTimeOrder, batches, sum / count),
    mean: sum / count,
    values,
    ...(batches !== undefined && { tailBatches: countTailBatches(values, batches) }),
  };
}

/**
 * n·(1−ρ)/(1+ρ), ρ the lag-1 autocorrelation, held within [1, n]: negatively correlated samples do
 * not count as more than n. Equal samples have no autocorrelation and count as n.
 */
export function effectiveCount(samples: Float64Array, meanOfSamples: number): number {
  let squares = 0;
  let products = 0;
  let previous = 0;
  for (const sample of samples) {
    const deviation = sample - meanOfSamples;
    squares += deviation * deviation;
    products += deviation * previous;
    previous = deviation;
  }
  const rho = squares === 0 ? 0 : products / squares;
  return Math.min(samples.length, Math.max(1, (samples.length * (1 - rho)) / (1 + rho)));
}
