// Decides which quantiles a sample can support: the distribution-free interval of order statistics,
// and whether it exists.

import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';

const ALPHA = 0.05;

/** Ranks from 1; undefined when the sample is too small to bound the quantile on that side. */
export interface RankInterval {
  readonly lower: number | undefined;
  readonly upper: number | undefined;
}

/**
 * The order statistics between which the q-quantile lies with 95 % confidence, whatever the
 * distribution (David & Nagaraja, Order Statistics, §7.1), for `count` independent samples.
 */
export function rankInterval(count: number, q: number): RankInterval {
  const lower = binomialQuantile(ALPHA / 2, count, q);
  const upper = 1 + binomialQuantile(1 - ALPHA / 2, count, q);
  return { lower: lower >= 1 ? lower : undefined, upper: upper <= count ? upper : undefined };
}

/**
 * Whether the 95 % interval of the q-quantile is bounded on both sides, so that the quantile may be
 * printed: p99 from 368 independent samples, p99.9 from 3688. The smallest and the largest sample
 * are always supported.
 */
export function isQuantileSupported(q: number, effectiveCount: number): boolean {
  if (q === 0 || q === 1) return true;
  const count = Math.floor(effectiveCount);
  // P(no sample below) and P(no sample above), the ends of the binomial distribution that
  // rankInterval inverts.
  return (1 - q) ** count < ALPHA / 2 && q ** count <= ALPHA / 2;
}
