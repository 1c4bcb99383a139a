// The median of values of which some are known by a bound only, such as searches that ended at the
// load generator: "at least 3,000 streams". A mean would need a model of what lies beyond the
// bound, and values that are left out are those of the arm that did best. Ranks need neither: the
// lower bounds lie at or below the values and the upper bounds at or above them, so an order
// statistic of the lower bounds is at or below that of the values. The sign test and the interval
// that inverts it are therefore valid whatever the reason for the bounds and however it differs
// between the arms; they only lose power.

/** Infinite on a side of which nothing is known; equal for a value that is known. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const COVERAGE = 0.95;

/**
 * Two-sided sign test of a median of 0. A value counts for a side only if it must lie on it. Bound
 * against bound counts for none.
 */
export function boundedSignP(values: readonly Bounds[]): number {
  const above = values.filter(({ low }) => low > 0).length;
  const below = values.filter(({ high }) => high < 0).length;
  return Math.min(1, 2 * upperTail(values.length, Math.max(above, below)));
}

/**
 * Covers the median in at least 95 %, by the inverted sign test; infinite on a side with too few
 * known values, and below 6 values.
 */
export function boundedMedianInterval(values: readonly Bounds[]): Bounds {
  const count = values.length;
  let left = 0;
  while (left < count && 2 * upperTail(count, count - left) <= 1 - COVERAGE) left++;
  if (left === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const lows = values.map(({ low }) => low).sort(ascending);
  const highs = values.map(({ high }) => high).sort(ascending);
  return { low: lows[left - 1] as number, high: highs[count - left] as number };
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** P(X ≥ `least`) of `count` tosses of a fair coin. */
function upperTail(count: number, least: number): number {
  let ways = 1;
  let sum = 0;
  for (let heads = count; heads >= least; heads--) {
    sum += ways;
    ways = (ways * heads) / (count - heads + 1);
  }
  return sum / 2 ** count;
}
