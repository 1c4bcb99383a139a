// One metric over the blocks of two arms, before anything is computed from it.

import { pairTrials, type MeasuredArm } from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';

export interface ValuePair {
  readonly block: number;
  readonly baseline: number;
  readonly other: number;
  readonly baselineFirst: boolean;
}

/** The blocks in which both trials support the metric, in run order. */
export function pairValues(metric: Metric, baseline: MeasuredArm, other: MeasuredArm): readonly ValuePair[] {
  return pairTrials(baseline, other).flatMap((pair) => {
    const [first, second] = [metric.value(pair.baseline), metric.value(pair.other)];
    if (first === undefined || second === undefined) return [];
    return [{ block: pair.block, baseline: first, other: second, baselineFirst: pair.baseline.order < pair.other.order }];
  });
}

/** Natural logarithms of other/baseline; undefined for a metric compared by difference, and where a value is not positive. */
export function logarithmsOf({ scale }: Metric, pairs: readonly ValuePair[]): readonly number[] | undefined {
  if (scale !== 'ratio' || pairs.some((pair) => pair.baseline <= 0 || pair.other <= 0)) return undefined;
  return pairs.map((pair) => Math.log(pair.other / pair.baseline));
}

export function differencesOf(pairs: readonly ValuePair[]): readonly number[] {
  return pairs.map((pair) => pair.other - pair.baseline);
}
