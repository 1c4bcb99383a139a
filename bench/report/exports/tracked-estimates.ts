// Selects the estimates for tools that watch a benchmark over time. They raise alarms on the number
// alone, so anything without a verdict stays out: INVALID and HARNESS-LIMITED load points, numbers
// that a control between two arms voids, the null arm, and arms that repeat or alter another one.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { isUnderComparison, whyNotBelieved, whyVoid } from '../../analysis/thresholds.ts';
import { loadPointTitle, type LoadPoint } from '../../contract/load-point.ts';
import type { MetricText } from '../report-context.ts';

export interface TrackedMetric extends MetricText {
  /** Counted, not sampled. */
  readonly isExact?: boolean;
}

export interface ExportContext {
  readonly analysis: Analysis;
  readonly metrics: readonly TrackedMetric[];
}

export interface TrackedEstimate {
  /**
   * `stream, ws, 100 connections`, `reconnect, ws, reset, 100 connections, identical`: the same in
   * every run of the same question, because the tools match by name.
   */
  readonly name: string;
  readonly arm: string;
  readonly metric: TrackedMetric;
  readonly point: LoadPointAnalysis;
  readonly estimate: Estimate;
}

/** Ordered by load point, arm and metric; metrics that were not measured are left out. */
export function trackedEstimates({ analysis, metrics }: ExportContext): readonly TrackedEstimate[] {
  return analysis.loadPoints
    .filter((point) => whyNotBelieved(point) === undefined)
    .flatMap((point) =>
      trackedArms(point).flatMap((arm) =>
        metrics.flatMap((metric) => find(analysis, { arm, metric, point })),
      ),
    );
}

/** One sentence for every load point, or pair of arms, of which something is left out, and why. */
export function untrackedLoadPoints({ baseline, loadPoints }: Analysis): readonly string[] {
  return loadPoints.flatMap((point) => {
    const title = loadPointTitle(point.loadPoint);
    const whole = whyNotBelieved(point);
    if (whole !== undefined) return [`${title} left out of the export: ${whole}`];
    return (point.missedControls ?? []).map(
      ({ otherArm, baselineArm = baseline, reason }) =>
        `${title}, ${otherArm} and ${baselineArm}: what depends on a control is left out of the export: HARNESS-LIMITED: ${reason}`,
    );
  });
}

function trackedArms({ arms }: LoadPointAnalysis): readonly string[] {
  return arms.filter(({ arm }) => isUnderComparison(arm)).map(({ name }) => name);
}

/**
 * With a fault, the name uses ids rather than titles, because a title may be worded better one day.
 */
function trackedName(scenario: string, arm: string, loadPoint: LoadPoint): string {
  const { connections, fault, policy } = loadPoint;
  if (fault === undefined) return `${scenario}, ${arm}, ${loadPointTitle(loadPoint)}`;
  return [
    scenario,
    arm,
    fault,
    loadPointTitle({ connections }),
    ...(policy === undefined ? [] : [policy]),
  ].join(', ');
}

type Place = Pick<TrackedEstimate, 'arm' | 'metric' | 'point'>;

function find({ plan }: Analysis, { arm, metric, point }: Place): readonly TrackedEstimate[] {
  if (whyVoid(point, { metric: metric.id, arm }) !== undefined) return [];
  const estimate = point.summaries.find(
    (summary) => summary.metric === metric.id && summary.arm === arm,
  )?.estimate;
  if (estimate === undefined || !Number.isFinite(estimate.value)) return [];
  return [{ name: trackedName(plan.scenario, arm, point.loadPoint), arm, metric, point, estimate }];
}
