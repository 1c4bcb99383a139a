// Pairs the values of one metric over the blocks of two arms, before anything is computed from
// them.

import { pairTrials, type MeasuredArm } from './measured-trials.ts';
import type { FinishedTrial } from '../contract/run-file.ts';
import type { Metric } from './metrics/metric.ts';
import type { Bounds } from './statistics/bounded-median.ts';

export interface ValuePair {
  readonly block: number;
  readonly baseline: number;
  readonly other: number;
  readonly baselineFirst: boolean;
}

/** The blocks in which both trials support the metric, in run order. */
export function pairValues(
  metric: Metric,
  baseline: MeasuredArm,
  other: MeasuredArm,
): readonly ValuePair[] {
  return pairTrials(baseline, other).flatMap((pair) => {
    const [first, second] = [metric.value(pair.baseline), metric.value(pair.other)];
    if (first === undefined || second === undefined) return [];
    return [
      {
        block: pair.block,
        baseline: first,
        other: second,
        baselineFirst: pair.baseline.order < pair.other.order,
      },
    ];
  });
}

/**
 * Natural logarithms of other/baseline between bounds, for every block in which both arms
 * completed; undefined when every one of them has both values, or none has a bound.
 */
export function boundRatios(
  metric: Metric,
  baseline: MeasuredArm,
  other: MeasuredArm,
): readonly Bounds[] | undefined {
  const { atLeast } = metric;
  if (atLeast === undefined) return undefined;
  const pairs = pairTrials(baseline, other);
  const boundsOf = (trial: FinishedTrial): Bounds => {
    const value = metric.value(trial);
    return value === undefined
      ? { low: atLeast(trial) ?? 0, high: Number.POSITIVE_INFINITY }
      : { low: value, high: value };
  };
  const isBound = (trial: FinishedTrial): boolean =>
    metric.value(trial) === undefined && atLeast(trial) !== undefined;
  if (!pairs.some((pair) => isBound(pair.baseline) || isBound(pair.other))) return undefined;
  return pairs.map((pair) => {
    const [first, second] = [boundsOf(pair.baseline), boundsOf(pair.other)];
    // 0 and infinity stand for no bound: their logarithms differ by an infinity, never by NaN.
    return {
      low: Math.log(second.low) - Math.log(first.high),
      high: Math.log(second.high) - Math.log(first.low),
    };
  });
}

/**
 * Natural logarithms of other/baseline; undefined for a metric compared by difference, and when a
 * value is not positive.
 */
export function logarithmsOf(
  { scale }: Metric,
  pairs: readonly ValuePair[],
): readonly number[] | undefined {
  if (scale !== 'ratio' || pairs.some((pair) => pair.baseline <= 0 || pair.other <= 0))
    return undefined;
  return pairs.map((pair) => Math.log(pair.other / pair.baseline));
}

export function differencesOf(pairs: readonly ValuePair[]): readonly number[] {
  return pairs.map((pair) => pair.other - pair.baseline);
}
