// Provides the values of single metrics by arm at a load point, for the tables and sentences of a
// scenario.

import type { Estimate } from '../analysis/statistics/estimate.ts';
import type { LoadPointAnalysis } from '../analysis/analysis.ts';
import type { Arm } from '../contract/arms/arms.ts';
import { formatEstimate, formatValue, UNKNOWN } from './format.ts';
import { left, right } from './blocks.ts';
import { armTitle, isContestant, type MetricText, type ReportContext } from './report-context.ts';
import { table, type Table } from './blocks.ts';

export function estimateOf(
  point: LoadPointAnalysis,
  metric: string,
  arm: string,
): Estimate | undefined {
  return point.summaries.find((summary) => summary.metric === metric && summary.arm === arm)
    ?.estimate;
}

export interface ArmValues {
  readonly arm: Arm;
  /** `SSE` */
  readonly title: string;
  readonly valueOf: (metric: string) => number | undefined;
  /** The value as text; a dash where there is none. */
  readonly text: (metric: string) => string;
}

/** The arms that are compared, as baseline or contender. */
export function contestantsAt(
  { metrics }: ReportContext,
  point: LoadPointAnalysis,
): readonly ArmValues[] {
  return point.arms
    .filter(({ arm }) => isContestant(arm))
    .map(({ arm, name }) => {
      const valueOf = (metric: string): number | undefined =>
        estimateOf(point, metric, name)?.value;
      return {
        arm,
        title: armTitle(arm),
        valueOf,
        text: (metric) => formatValue(valueOf(metric), unitOf(metrics, metric)),
      };
    });
}

/** Unit of a metric that is in the registry; any other has no values. */
export function unitOf(metrics: readonly MetricText[], id: string): MetricText['unit'] {
  return metrics.find((metric) => metric.id === id)?.unit ?? 'count';
}

/**
 * One row per metric, one column per arm, with intervals; metrics that no trial has are left out.
 * Empty without rows.
 */
export function renderMetricRows(
  { metrics }: ReportContext,
  point: LoadPointAnalysis,
  ids: readonly string[],
): Table {
  const rows = ids.flatMap((id) => {
    const metric = metrics.find((one) => one.id === id);
    const estimates = point.arms.map(({ name }) => estimateOf(point, id, name));
    if (metric === undefined || estimates.every((estimate) => estimate === undefined)) return [];
    return [
      [
        metric.title,
        ...estimates.map((estimate) =>
          estimate === undefined ? UNKNOWN : formatEstimate(estimate, metric.unit),
        ),
      ],
    ];
  });
  return table([left(''), ...point.arms.map(({ arm }) => right(armTitle(arm)))], rows);
}
