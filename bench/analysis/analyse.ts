// Converts a saved run into everything that a report may print. Pure: the same run gives the same
// analysis, to the last digit.

import { armName } from '../contract/arms/arms.ts';
import type { Distribution } from '../contract/distribution.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { agentsOfRun } from './agents-of-run.ts';
import type { Analysis, LoadPointAnalysis, MetricSummary } from './analysis.ts';
import type { AttemptRule } from './attempts.ts';
import { analyseBrowser, whyUnseen } from './browser-analysis.ts';
import { compareRun, signFlipSeed, type ArmComparison } from './comparisons.ts';
import { deliveryCurve } from './delivery-curves.ts';
import { findCopy } from './equal-arms.ts';
import { judgeGates, type GatedLoadPoint } from './judge-gates.ts';
import {
  isFinished,
  distributionsOf,
  selectMeasured,
  type MeasuredArm,
} from './measured-trials.ts';
import { isVoidedBy, type Metric } from './metrics/metric.ts';
import { applyNegativeControl } from './negative-control.ts';
import { measureNoiseFloors } from './noise-floors.ts';
import { readPilot } from './pilot.ts';
import { changedVerdicts, compareStolen, countBlocks, listRepeats } from './repeats.ts';
import { measureExtent } from './run-extent.ts';
import { warnOfRun } from './run-warnings.ts';
import { metricsOfPoint, titledFor, type ScenarioReading } from './scenario-reading.ts';
import { recordedFactors } from './setup-factors.ts';
import { estimateMean } from './statistics/estimate.ts';
import { median } from './statistics/moments.ts';
import { whyUnsupported } from './statistics/tail-support.ts';
import { stopState } from './stopping.ts';

/** @param ofScenario The reading of the scenario that was measured. */
export function analyse<Findings extends object>(
  run: SavedRun,
  ofScenario: ScenarioReading<Findings>,
): Analysis & Findings {
  const { header, trials } = run;
  const { plan } = header;
  const reading = titledFor(plan, ofScenario);
  const concluded = conclude(run, reading, 'last');
  const stop = stopState(run, reading);
  const extent = measureExtent(run, stop, reading);
  const repeats = listRepeats(run);
  const withoutRepeats =
    repeats.length === 0
      ? undefined
      : {
          changed: changedVerdicts(concluded, conclude(run, reading, 'first')),
          stolen: compareStolen(run),
        };
  const completed = trials.filter(isFinished);
  const alone = trials.filter((trial) => trial.alone === true).length;
  const copy = findCopy(plan.arms);
  const browser = analyseBrowser(concluded.judged, reading);
  const agents = agentsOfRun(completed);
  const findings = reading.findings?.(run, concluded.judged);
  const analysis: Analysis = {
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
      toAnalysis(
        point,
        applyNegativeControl(concluded.comparisons[index] ?? []),
        metricsOfPoint(reading, plan, point.loadPoint),
      ),
    ),
    ...findings,
    ...(browser !== undefined && { browser }),
    ...(agents !== undefined && { agents }),
    trials: {
      planned: extent.planned,
      completed: completed.length,
      failed: trials.length - completed.length,
      burnIn: trials.filter((trial) => trial.burnIn).length,
      ...(alone > 0 && { alone }),
    },
    failures: trials.flatMap((trial) => {
      if (trial.outcome !== 'failed') return [];
      return [
        {
          trial: trial.trial,
          arm: armName(trial.arm),
          message: trial.failure.message,
          hint: trial.failure.hint,
        },
      ];
    }),
    isComplete: extent.isComplete,
    blocks: countBlocks(run),
    repeats,
    withoutRepeats,
    stop,
    pilot: readPilot(run, reading),
    setup: recordedFactors(run),
    costNs: {
      wall: completed.reduce((sum, trial) => sum + trial.wallNs, 0),
      medianTrialOverhead: median(completed.map((trial) => trial.overheadNs)),
    },
    warnings: warnOfRun(run, concluded.judged, { reading, withoutRepeats }),
  };
  return analysis as Analysis & Findings;
}

/** All comparisons with their verdicts, from the attempts that the rule selects. */
function conclude(run: SavedRun, reading: ScenarioReading, rule: AttemptRule) {
  const { plan } = run.header;
  const { seed, verdicts, isPilot } = plan;
  const gated = selectMeasured(run, rule).map((point) => judgeGates(point, reading, plan));
  const floors = measureNoiseFloors(gated, reading, signFlipSeed(seed));
  const judged = gated.map((point, index) =>
    Object.assign({ noiseFloors: floors[index] ?? [] }, point),
  );
  return {
    judged,
    comparisons: compareRun(judged, {
      reading,
      allowed: verdicts,
      isPilot: isPilot === true,
      seed,
      plan,
    }),
  };
}

function toAnalysis(
  loadPoint: GatedLoadPoint,
  comparisons: readonly ArmComparison[],
  metrics: readonly Metric[],
): LoadPointAnalysis {
  const { arms } = loadPoint;
  return {
    loadPoint: loadPoint.loadPoint,
    arms: arms.map(({ name, arm, completed, failed }) => ({
      name,
      arm,
      completed: completed.length,
      failed,
    })),
    comparisons,
    noiseFloors: loadPoint.noiseFloors ?? [],
    summaries: metrics.flatMap((metric) => arms.map((arm) => summariseMetric(metric, arm))),
    gates: loadPoint.gates,
    deliveryCurves: arms.map(deliveryCurve),
    invalid: [...loadPoint.invalid.values()].flat(),
    harnessLimited: [...loadPoint.harnessLimited.values()].flat(),
    ...missedControls(loadPoint, metrics),
  };
}

function missedControls(
  { arms, failedControls = [] }: GatedLoadPoint,
  metrics: readonly Metric[],
): Pick<LoadPointAnalysis, 'missedControls'> {
  if (failedControls.length === 0) return {};
  return {
    missedControls: failedControls.map(({ gate, baseline, other, reason }) => ({
      gate,
      otherArm: other,
      ...(baseline !== arms[0]?.name && { baselineArm: baseline }),
      reason,
      voids: metrics.filter((metric) => isVoidedBy(metric, gate)).map(({ id }) => id),
    })),
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

function whyIncomplete(
  metric: Metric,
  trials: number,
  present: number,
  distributions: readonly Distribution[],
): string | undefined {
  if (trials === 0) return 'no trial completed';
  if (present === trials) return undefined;
  const missing = `${trials - present} of ${trials} trials`;
  if (metric.absence !== undefined) return `${metric.absence} in ${missing}`;
  return metric.quantile === undefined
    ? `not available in ${missing}`
    : `${whyUnsupported(metric.quantile, distributions)} in ${missing}`;
}
