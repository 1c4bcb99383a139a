// A mean over trials or blocks with its 95 % t-interval, in the form that an analysis keeps.

import { pairedEffect, type PairedEffect } from './paired-t.ts';

/**
 * A mean over trials with its 95 % t-interval. For `ratio`-scaled metrics the geometric mean, else
 * the arithmetic.
 */
export interface Estimate {
  readonly value: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly trials: number;
}

/**
 * Geometric when every value is positive and `scale` is `ratio`, else arithmetic; undefined without
 * values.
 */
export function estimateMean(
  values: readonly number[],
  scale: 'ratio' | 'difference',
): Estimate | undefined {
  const [only] = values;
  if (only === undefined) return undefined;
  if (values.length === 1) return { value: only, low: undefined, high: undefined, trials: 1 };
  if (scale === 'ratio' && values.every((value) => value > 0))
    return asRatio(pairedEffect(values.map(Math.log)));
  return asDifference(pairedEffect(values));
}

/** An effect on logarithms as the ratio it stands for. */
function asRatio({ mean, interval95, count }: PairedEffect): Estimate {
  return {
    value: Math.exp(mean),
    low: Math.exp(interval95.low),
    high: Math.exp(interval95.high),
    trials: count,
  };
}

function asDifference({ mean, interval95, count }: PairedEffect): Estimate {
  return { value: mean, low: interval95.low, high: interval95.high, trials: count };
}
