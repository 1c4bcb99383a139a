// Groups samples into batches of 100 ms: a stall of the machine is shorter, so batches are
// practically independent of each other.

import { NS_PER_MS } from '../../contract/units.ts';

const BATCH_NS = 100 * NS_PER_MS;

export interface TimeBatch {
  count: number;
  sum: number;
  least: number;
  most: number;
}

/** The batches that hold at least one sample. */
export function batchByTime(samples: Float64Array, timesNs: Float64Array): readonly TimeBatch[] {
  const batches = new Map<number, TimeBatch>();
  for (const [index, sample] of samples.entries()) {
    const key = Math.floor((timesNs[index] as number) / BATCH_NS);
    const batch = batches.get(key) ?? { count: 0, sum: 0, least: Infinity, most: -Infinity };
    batches.set(key, batch);
    batch.count++;
    batch.sum += sample;
    batch.least = Math.min(batch.least, sample);
    batch.most = Math.max(batch.most, sample);
  }
  return [...batches.values()];
}

/**
 * The variance of the samples over that of their mean, which is estimated from the means of the
 * batches; within [1, n].
 */
export function effectiveCountOfBatches(
  samples: Float64Array,
  batches: readonly TimeBatch[],
  mean: number,
): number {
  const count = samples.length;
  if (batches.length < 2) return 1;
  let squares = 0;
  for (const sample of samples) squares += (sample - mean) ** 2;
  const ofBatches = batches.reduce((sum, batch) => sum + (batch.sum - batch.count * mean) ** 2, 0);
  if (ofBatches === 0) return count;
  const varianceOfMean = (ofBatches / count ** 2) * (batches.length / (batches.length - 1));
  return Math.min(count, Math.max(1, squares / count / varianceOfMean));
}
