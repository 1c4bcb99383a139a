// Decides whether a run may stop before its last block: when its intervals are narrow enough, or
// when its time is up. The rule never considers where an interval lies, so it cannot wait for a
// welcome result.

import { strict as assert } from 'node:assert';
import type { PrecisionStop, SavedRun } from '../contract/run-file.ts';
import type { StopInterval, StopState } from './analysis.ts';
import { attemptsByBlock } from './attempts.ts';
import { isFinished, selectMeasured, watchedArms } from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';
import {
  endpointsAt,
  findMetric,
  metricsAt,
  type MetricPlace,
  type ScenarioReading,
} from './scenario-reading.ts';
import { mean } from './statistics/moments.ts';
import {
  halfWidth,
  halfWidthRatio,
  isPrecise,
  type EndpointPrecision,
} from './statistics/precision-stop.ts';
import { differencesOf, logarithmsOf, pairValues, type ValuePair } from './value-pairs.ts';

/**
 * Checked between blocks for a plan with a stopping rule. False for a pilot: its rule applies only
 * to the run after it.
 */
export function hasReachedPrecision(run: SavedRun, reading: ScenarioReading): boolean {
  return stopState(run, reading)?.isReached === true;
}

/**
 * undefined without a stopping rule, and for a pilot. A run is precise enough with at least ten
 * blocks in which every watched metric of every contender at every load point has an interval
 * within its limit: the ratio's half-width of the rule; for a metric compared by difference its
 * absolute margin, or without one that share of the baseline's mean. A metric without values is
 * never precise enough.
 */
export function stopState(run: SavedRun, reading: ScenarioReading): StopState | undefined {
  const { stop, isPilot } = run.header.plan;
  if (stop === undefined || isPilot === true) return undefined;
  const watched = watchIntervals(run, reading, stop);
  const precisions = watched.flatMap(({ precision }) => precision ?? []);
  const isNarrow = precisions.length === watched.length && isPrecise(precisions);
  const wallNs = run.trials.filter(isFinished).reduce((sum, trial) => sum + trial.wallNs, 0);
  const reason = isNarrow ? 'precision' : wallNs >= stop.maxTimeNs ? 'time' : undefined;
  return {
    isReached: reason !== undefined,
    reason,
    widest: widestOf(watched.map(({ interval }) => interval)),
    blocks: attemptsByBlock(run).length,
  };
}

/**
 * The metrics watched at one place: its endpoints, or if the rule names metrics, those of them that
 * are measured there.
 */
export function watchedMetrics(
  { metrics }: PrecisionStop,
  reading: ScenarioReading,
  place: MetricPlace,
): readonly Metric[] {
  if (metrics.length === 0) return endpointsAt(reading, place);
  for (const id of metrics)
    assert(
      findMetric(reading, id) !== undefined,
      `metric ${id} of the stopping rule must be one of its scenario`,
    );
  return metricsAt(reading, place).filter(({ id }) => metrics.includes(id));
}

interface StopScale {
  readonly scale: StopInterval['scale'];
  /** One value per block: logarithms of the ratio, or differences. */
  readonly values: readonly number[];
  /**
   * Limit of the half-width of the ratio, or of the difference; undefined when neither margin nor
   * value sets one.
   */
  readonly limit: number | undefined;
}

/** The scale on which the rule judges a metric, and the half-width that it requires. */
export function stopScale(
  metric: Metric,
  pairs: readonly ValuePair[],
  { ratio }: PrecisionStop,
): StopScale {
  const logarithms = logarithmsOf(metric, pairs);
  if (logarithms !== undefined) return { scale: 'ratio', values: logarithms, limit: ratio };
  // The margin of a metric compared by ratio was chosen for values that have a ratio.
  const margin = metric.scale === 'ratio' ? undefined : metric.margin?.absolute;
  const share =
    pairs.length === 0 ? undefined : ratio * Math.abs(mean(pairs.map((pair) => pair.baseline)));
  return { scale: 'difference', values: differencesOf(pairs), limit: margin ?? share };
}

interface WatchedInterval {
  readonly interval: StopInterval;
  /** undefined when there is no limit to judge by. */
  readonly precision: EndpointPrecision | undefined;
}

function watchIntervals(
  run: SavedRun,
  reading: ScenarioReading,
  stop: PrecisionStop,
): readonly WatchedInterval[] {
  return selectMeasured(run).flatMap(({ loadPoint, arms }) => {
    const { connections } = loadPoint;
    const [baseline] = arms;
    if (baseline === undefined) return [];
    return watchedArms(arms).flatMap((other) =>
      watchedMetrics(stop, reading, { loadPoint, arms: [baseline.arm, other.arm] }).map(
        (metric): WatchedInterval => {
          const { scale, values, limit } = stopScale(
            metric,
            pairValues(metric, baseline, other),
            stop,
          );
          const half = scale === 'ratio' ? halfWidthRatio(values) : halfWidth(values);
          return {
            interval: {
              metric: metric.id,
              arm: other.name,
              connections,
              loadPoint,
              scale,
              halfWidth: half,
              limit,
            },
            precision: toPrecision({ scale, values, limit }),
          };
        },
      ),
    );
  });
}

function toPrecision({ scale, values, limit }: StopScale): EndpointPrecision | undefined {
  if (limit === undefined) return undefined;
  return scale === 'ratio'
    ? { logarithms: values, targetRatio: limit }
    : { differences: values, target: limit };
}

/** The half-width as a multiple of its limit; infinite without an interval or a limit. */
function excess({ halfWidth: half, limit }: StopInterval): number {
  if (half === undefined || limit === undefined) return Number.POSITIVE_INFINITY;
  return half === 0 ? 0 : half / limit;
}

/** The interval farthest from its limit; the first of those that are equally far. */
function widestOf(intervals: readonly StopInterval[]): StopInterval | undefined {
  return intervals.reduce<StopInterval | undefined>(
    (widest, one) => (widest === undefined || excess(one) > excess(widest) ? one : widest),
    undefined,
  );
}
