// Converts a saved run into everything that a report may print. Pure: the same run gives the same analysis, to the last digit.

import { armName } from '../contract/arms/arms.ts';
import type { Distribution } from '../contract/distribution.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { amount } from './amounts.ts';
import type { Analysis, GateSummary, LoadPointAnalysis, MetricSummary } from './analysis.ts';
import type { AttemptRule } from './attempts.ts';
import { analyseBrowser, whyUnseen } from './browser-analysis.ts';
import { analyseBrowserLimits } from './browser-limits/analyse-browser-limits.ts';
import { analyseCapacity } from './capacity/analyse-capacity.ts';
import { compareRun, signFlipSeed, type ArmComparison, type JudgedLoadPoint } from './comparisons.ts';
import { analyseConnect } from './connect/analyse-connect.ts';
import { deliveryCurve } from './delivery-curves.ts';
import { findCopy } from './equal-arms.ts';
import { analyseFanout } from './fanout/analyse-fanout.ts';
import { summariseGates } from './gates-summary.ts';
import { isFinished, distributionsOf, selectMeasured, type MeasuredArm, type MeasuredLoadPoint } from './measured-trials.ts';
import { analyseLadders } from './memory/analyse-ladders.ts';
import type { Metric } from './metrics/metric.ts';
import { metricsOfPoint } from './metrics/registry.ts';
import { applyNegativeControl } from './negative-control.ts';
import { measureNoiseFloors } from './noise-floors.ts';
import { readPilot } from './pilot.ts';
import { changedVerdicts, compareStolen, countBlocks, listRepeats } from './repeats.ts';
import { analyseRecovery } from './recovery/analyse-recovery.ts';
import { measureExtent } from './run-extent.ts';
import { warnOfRun } from './run-warnings.ts';
import { recordedFactors } from './setup-factors.ts';
import { estimateMean } from './statistics/estimate.ts';
import { median } from './statistics/moments.ts';
import { whyUnsupported } from './statistics/tail-support.ts';
import { stopState } from './stopping.ts';

export function analyse(run: SavedRun): Analysis {
  const { header, trials } = run;
  const { plan } = header;
  const concluded = conclude(run, 'last');
  const stop = stopState(run);
  const extent = measureExtent(run, stop);
  const repeats = listRepeats(run);
  const withoutRepeats =
    repeats.length === 0 ? undefined : { changed: changedVerdicts(concluded, conclude(run, 'first')), stolen: compareStolen(run) };
  const completed = trials.filter(isFinished);
  const alone = trials.filter((trial) => trial.alone === true).length;
  const copy = findCopy(plan.arms);
  const recovery = analyseRecovery(plan, concluded.judged);
  const capacity = analyseCapacity(run, concluded.judged);
  const ladders = analyseLadders(plan, concluded.judged);
  const fanout = analyseFanout(plan, concluded.judged);
  const connect = analyseConnect(plan, concluded.judged);
  const browser = analyseBrowser(plan, concluded.judged);
  const browserLimits = analyseBrowserLimits(plan, concluded.judged);
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
    copy: copy && armName(copy),
    loadPoints: concluded.judged.map((point, index) =>
      toAnalysis(point, applyNegativeControl(concluded.comparisons[index] ?? []), metricsOfPoint(plan, point.loadPoint)),
    ),
    ...(recovery !== undefined && { recovery }),
    ...(capacity !== undefined && { capacity }),
    ...(ladders !== undefined && { ladders }),
    ...(fanout !== undefined && { fanout }),
    ...(connect !== undefined && { connect }),
    ...(browser !== undefined && { browser }),
    ...(browserLimits !== undefined && { browserLimits }),
    trials: {
      planned: extent.planned,
      completed: completed.length,
      failed: trials.length - completed.length,
      burnIn: trials.filter((trial) => trial.burnIn).length,
      ...(alone > 0 && { alone }),
    },
    failures: trials.flatMap((trial) => {
      if (trial.outcome !== 'failed') return [];
      return [{ trial: trial.trial, arm: armName(trial.arm), message: trial.failure.message, hint: trial.failure.hint }];
    }),
    isComplete: extent.isComplete,
    blocks: countBlocks(run),
    repeats,
    withoutRepeats,
    stop,
    pilot: readPilot(run),
    setup: recordedFactors(run),
    costNs: {
      wall: completed.reduce((sum, trial) => sum + trial.wallNs, 0),
      medianTrialOverhead: median(completed.map((trial) => trial.overheadNs)),
    },
    warnings: warnOfRun(run, concluded.judged, withoutRepeats),
  };
}

/** All comparisons with their verdicts, from the attempts that the rule selects. */
function conclude(run: SavedRun, rule: AttemptRule) {
  const { seed, verdicts, isPilot } = run.header.plan;
  const gated = selectMeasured(run, rule).map(judge);
  const floors = measureNoiseFloors(gated, signFlipSeed(seed));
  const judged = gated.map((point, index) => Object.assign({ noiseFloors: floors[index] ?? [] }, point));
  return { judged, comparisons: compareRun(judged, { allowed: verdicts, isPilot: isPilot === true, seed }) };
}

interface GatedLoadPoint extends JudgedLoadPoint {
  readonly gates: readonly GateSummary[];
}

function judge(loadPoint: MeasuredLoadPoint): GatedLoadPoint {
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

function toAnalysis(loadPoint: GatedLoadPoint, comparisons: readonly ArmComparison[], metrics: readonly Metric[]): LoadPointAnalysis {
  const { arms } = loadPoint;
  return {
    loadPoint: loadPoint.loadPoint,
    arms: arms.map(({ name, arm, completed, failed }) => ({ name, arm, completed: completed.length, failed })),
    comparisons,
    noiseFloors: loadPoint.noiseFloors ?? [],
    summaries: metrics.flatMap((metric) => arms.map((arm) => summariseMetric(metric, arm))),
    gates: loadPoint.gates,
    deliveryCurves: arms.map(deliveryCurve),
    invalid: [...loadPoint.invalid.values()].flat(),
    harnessLimited: [...loadPoint.harnessLimited.values()].flat(),
  };
}

function summariseMetric(metric: Metric, { name, arm, completed }: MeasuredArm): MetricSummary {
  const values = completed.map((trial) => metric.value(trial));
  const present = values.filter((value) => value !== undefined);
  return {
    metric: metric.id,
    arm: name,
    estimate: estimateMean(present, metric.scale),
    values,
    note:
      (present.length === 0 ? whyUnseen(metric.id, arm) : undefined) ??
      whyIncomplete(metric, values.length, present.length, distributionsOf(completed)),
  };
}

function whyIncomplete(metric: Metric, trials: number, present: number, distributions: readonly Distribution[]): string | undefined {
  if (trials === 0) return 'no trial completed';
  if (present === trials) return undefined;
  const missing = `${trials - present} of ${trials} trials`;
  if (metric.absence !== undefined) return `${metric.absence} in ${missing}`;
  return metric.quantile === undefined ? `not available in ${missing}` : `${whyUnsupported(metric.quantile, distributions)} in ${missing}`;
}
