import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { pairedEffect } from '../analysis/statistics/paired-t.ts';

/** Half of the t-interval of the mean, in the unit of the values; undefined with fewer than two. */
export function confidenceHalfWidth(values: readonly number[], confidence: number): number | undefined {
  if (values.length < 2) return undefined;
  return tQuantile((1 + confidence) / 2, values.length - 1) * pairedEffect(values).standardError;
}
