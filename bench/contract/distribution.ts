// Summary of many samples: exact order statistics on a fixed grid, never a mean of percentiles. Raw
// samples are kept only on request (--stamps).

import { z } from 'zod';

/** The quantiles kept of every distribution: enough for the printed ones and for a curve. */
export const quantileGrid = [
  0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95,
  0.975, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 1,
] as const;

export type GridQuantile = (typeof quantileGrid)[number];

export const distributionSchema = z.object({
  count: z.int().positive(),
  /**
   * Equivalent number of independent samples: by the variance of the means of batches of 100 ms
   * when `tailBatches` is set, else count · (1−ρ)/(1+ρ), ρ the lag-1 autocorrelation in order of
   * time.
   */
  effectiveCount: z.number().positive(),
  mean: z.number(),
  /** Values at quantileGrid, nearest rank (type 1): x_(⌈q·n⌉). */
  values: z.array(z.number()).length(quantileGrid.length),
  /**
   * Per grid quantile: batches of 100 ms with a sample at or above the value, below the median at
   * or under it. Absent in older runs.
   */
  tailBatches: z.array(z.int().positive()).length(quantileGrid.length).optional(),
});

export type Distribution = z.infer<typeof distributionSchema>;

/**
 * The smallest sample that at least `q` of the samples do not exceed; undefined without samples.
 */
export function quantileOf(
  distribution: Distribution | undefined,
  q: GridQuantile,
): number | undefined {
  return distribution?.values[quantileGrid.indexOf(q)];
}
