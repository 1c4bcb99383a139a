// Quantiles by nearest rank, exact on sorted samples: a printed quantile is a value that was
// measured, never a blend of two.

/**
 * x_(⌈q·n⌉) (type 1 of Hyndman & Fan 1996); q 0 is the minimum. The samples must be sorted;
 * undefined without samples.
 */
export function nearestRank(sorted: Float64Array, q: number): number | undefined {
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1];
}
