// A saved run → all that a report may print. Pure: the same run gives the same analysis, to the last digit.

import { armName } from '../contract/transports.ts';
import type { CompletedTrial, SavedRun } from '../contract/run-file.ts';
import { amount } from './amounts.ts';
import type { Analysis, GateSummary, LoadPointAnalysis, MetricSummary } from './analysis.ts';
import { compareRun, type ArmComparison, type JudgedLoadPoint } from './comparisons.ts';
import { deliveryCurve } from './delivery-curves.ts';
import { summariseGates } from './gates-summary.ts';
import { isCompleted, selectMeasured, type MeasuredArm, type MeasuredLoadPoint } from './measured-trials.ts';
import type { Metric } from './metrics/metric.ts';
import { metrics } from './metrics/registry.ts';
import { applyNegativeControl } from './negative-control.ts';
import { warnOfRun } from './run-warnings.ts';
import { estimateMean } from './statistics/estimate.ts';
import { median } from './statistics/moments.ts';

export function analyse(run: SavedRun): Analysis {
  const { header, trials } = run;
  const { plan } = header;
  const measured = selectMeasured(run);
  const judged = measured.map(judge);
  const comparisons = compareRun(judged, { allowed: plan.verdicts, seed: plan.seed });
  const completed = trials.filter(isCompleted);
  const planned = plan.arms.length * plan.loadPoints.length * (plan.blocks + plan.burnInBlocks);
  return {
    schema: 1,
    streamduel: header.streamduel,
    name: header.name,
    startedAt: header.startedAt,
    command: header.command,
    plan,
    planSha256: header.planSha256,
    environment: header.environment,
    baseline: plan.arms[0] === undefined ? '' : armName(plan.arms[0]),
    loadPoints: judged.map((loadPoint, index) => toAnalysis(loadPoint, applyNegativeControl(comparisons[index] ?? []))),
    trials: {
      planned,
      completed: completed.length,
      failed: trials.length - completed.length,
      burnIn: trials.filter((trial) => trial.burnIn).length,
    },
    failures: trials.flatMap((trial) => {
      if (trial.outcome === 'completed') return [];
      return [{ trial: trial.trial, arm: armName(trial.arm), message: trial.failure.message, hint: trial.failure.hint }];
    }),
    isComplete: trials.length >= planned,
    costNs: {
      wall: completed.reduce((sum, trial) => sum + trial.wallNs, 0),
      medianTrialOverhead: median(completed.map((trial) => trial.overheadNs)),
    },
    warnings: warnOfRun(run, measured),
  };
}

interface SummarisedLoadPoint extends JudgedLoadPoint {
  readonly gates: readonly GateSummary[];
}

function judge(loadPoint: MeasuredLoadPoint): SummarisedLoadPoint {
  const gates = summariseGates(loadPoint.arms, loadPoint.arms[0]);
  const failures = (kind: GateSummary['kind']): Map<string, string[]> => {
    const byArm = new Map<string, string[]>();
    for (const gate of gates) {
      if (gate.kind === kind && gate.state === 'failed') byArm.set(gate.arm, [...(byArm.get(gate.arm) ?? []), describeMiss(gate)]);
    }
    return byArm;
  };
  return { ...loadPoint, gates, invalid: failures('correctness'), harnessLimited: failures('harness') };
}

/** `H2 client event-loop utilisation over ws: missed in 5 of 12 trials, worst 81 %, limit 60 %`. */
function describeMiss({ id, title, arm, missed, trials, worst, limit, unit }: GateSummary): string {
  const extremes = worst === undefined ? '' : `, worst ${amount(worst, unit)}, limit ${amount(limit, unit)}`;
  return `${id} ${title} (${arm}): missed in ${missed} of ${trials} trials${extremes}`;
}

function toAnalysis(loadPoint: SummarisedLoadPoint, comparisons: readonly ArmComparison[]): LoadPointAnalysis {
  const { arms } = loadPoint;
  return {
    loadPoint: loadPoint.loadPoint,
    arms: arms.map(({ name, arm, completed, failed }) => ({ name, arm, completed: completed.length, failed })),
    comparisons,
    summaries: metrics.flatMap((metric) => arms.map((arm) => summariseMetric(metric, arm))),
    gates: loadPoint.gates,
    deliveryCurves: arms.map(deliveryCurve),
    invalid: [...loadPoint.invalid.values()].flat(),
    harnessLimited: [...loadPoint.harnessLimited.values()].flat(),
  };
}

function summariseMetric(metric: Metric, { name, completed }: MeasuredArm): MetricSummary {
  const values = completed.map((trial: CompletedTrial) => metric.value(trial));
  const present = values.filter((value) => value !== undefined);
  return {
    metric: metric.id,
    arm: name,
    estimate: estimateMean(present, metric.scale),
    values,
    note: whyIncomplete(metric, values.length, present.length),
  };
}

function whyIncomplete(metric: Metric, trials: number, present: number): string | undefined {
  if (trials === 0) return 'no trial completed';
  if (present === trials) return undefined;
  const missing = `${trials - present} of ${trials} trials`;
  return metric.quantile === undefined ? `not available in ${missing}` : `too few independent samples in ${missing}`;
}
