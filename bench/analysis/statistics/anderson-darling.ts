// Tests whether gaps are exponential, as those of Poisson arrivals are: the Anderson–Darling
// statistic against the exponential law with the mean estimated from the sample (Stephens 1974,
// case with unknown scale).

/**
 * The 1 % point of the modified statistic A²·(1 + 0.6/n) for an exponential with estimated mean.
 */
export const CRITICAL_1_PERCENT = 1.959;

/** Fewer gaps say nothing about a distribution's shape. */
const LEAST_GAPS = 20;

/** The modified statistic; undefined for fewer than 20 gaps or when none is above 0. */
export function andersonDarlingExponential(gaps: readonly number[]): number | undefined {
  const n = gaps.length;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / n;
  if (n < LEAST_GAPS || !(mean > 0)) return undefined;
  const sorted = Float64Array.from(gaps).sort();
  let sum = 0;
  for (let index = 0; index < n; index++) {
    const low = (sorted[index] as number) / mean;
    const high = (sorted[n - 1 - index] as number) / mean;
    // ln F(x) = ln(1 − e^−x) and ln(1 − F(x)) = −x; a lower bound on x keeps the first finite.
    sum += (2 * index + 1) * (Math.log(-Math.expm1(-Math.max(low, Number.EPSILON))) - high);
  }
  return (-n - sum / n) * (1 + 0.6 / n);
}
