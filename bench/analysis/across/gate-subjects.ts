// Collects the subjects of `--fail-if-worse`: the arms of two runs, or the pairs of arms within
// one. Numbers that cannot be trusted, or that only the old side still measures, are marked here,
// so that no gate passes because of them.

import { armName } from '../../contract/arms/arms.ts';
import type { ArmPair } from '../../contract/arms/pairs.ts';
import type { Analysis, LoadPointAnalysis } from '../analysis.ts';
import { isUntouchedByClient, isVoidedBy, type Metric } from '../metrics/metric.ts';
import { metricsAt, type ScenarioReading } from '../scenario-reading.ts';
import { isUnderComparison } from '../thresholds.ts';
import type { ChangeEvidence } from './change-evidence.ts';
import { whyNotMeasured } from './change-verdict.ts';
import type { GatheredArm, GatheredRuns } from './gather-runs.ts';
import type { GateSubject } from './regression-gates.ts';

/** Each arm of a further run against the same arm of the old one. */
export function subjectsOfRuns({ arms }: GatheredRuns): readonly GateSubject[] {
  return arms
    .filter(({ isContender }) => isContender)
    .flatMap((arm) => arm.evidence.map((evidence) => subjectOfRuns(arm, evidence)));
}

function subjectOfRuns(arm: GatheredArm, evidence: ChangeEvidence): GateSubject {
  const missing = whyNotMeasured(evidence);
  // A new version that breaks every trial must not pass for one that was not measured.
  const isLost = missing !== undefined && isMeasuredInOld(evidence);
  return {
    metric: evidence.metric,
    subject: arm.measured.old.name,
    run: arm.new.folder,
    loadPoint: arm.measured.loadPoint,
    values: evidence.values,
    isPaired: false,
    isCounted: evidence.isCounted,
    distrust:
      distrustOf({
        isInvalid: arm.invalid.length > 0,
        isHarnessLimited: arm.harnessLimited.length > 0 && !isUntouchedByClient(evidence.metric),
      }) ?? (isLost ? missing : undefined),
    missing,
  };
}

function isMeasuredInOld({ metric, arm }: ChangeEvidence): boolean {
  const { completed } = arm.old;
  const isIn = (trial: (typeof completed)[number]): boolean => metric.value(trial) !== undefined;
  return metric.isExact === true
    ? completed.some(isIn)
    : completed.length > 0 && completed.every(isIn);
}

interface Distrust {
  readonly isInvalid: boolean;
  readonly isHarnessLimited: boolean;
}

/** One word: which gate failed, and by how much, is shown beside the arm. */
function distrustOf({ isInvalid, isHarnessLimited }: Distrust): string | undefined {
  if (isInvalid) return 'invalid';
  return isHarnessLimited ? 'harness-limited' : undefined;
}

/** The compared contenders of one run, block by block. */
export function subjectsOfArms(
  analysis: Analysis,
  reading: ScenarioReading,
  folder: string,
): readonly GateSubject[] {
  return analysis.loadPoints.flatMap((point) =>
    contendingPairs(analysis, reading).flatMap(({ baseline, other }) => {
      const compared = metricsAt(reading, { loadPoint: point.loadPoint, arms: [baseline, other] });
      const names = { baseline: armName(baseline), otherArm: armName(other), run: folder };
      return compared.map((metric) => subjectOfArms(analysis, point, { metric, ...names }));
    }),
  );
}

function contendingPairs({ plan }: Analysis, { pairsOf }: ScenarioReading): readonly ArmPair[] {
  const [baseline, ...others] = plan.arms;
  const all =
    pairsOf?.(plan.arms, plan) ??
    (baseline === undefined ? [] : others.map((other) => ({ baseline, other })));
  return all.filter((pair) => isUnderComparison(pair.baseline) && isUnderComparison(pair.other));
}

interface ArmNames {
  readonly run: string;
  readonly baseline: string;
  readonly otherArm: string;
}

function subjectOfArms(
  analysis: Analysis,
  point: LoadPointAnalysis,
  { metric, ...names }: ArmNames & { readonly metric: Metric },
): GateSubject {
  const { baseline, otherArm, run } = names;
  const comparison = point.comparisons.find(
    (one) =>
      one.metric === metric.id &&
      one.otherArm === otherArm &&
      (one.baselineArm ?? analysis.baseline) === baseline,
  );
  const pairs = comparison?.pairs ?? [];
  const missing = whyUnpaired(point, metric, { ...names, pairs: pairs.length });
  const failed = point.gates.filter(
    (gate) =>
      gate.state === 'failed' &&
      (gate.against === undefined
        ? gate.arm === baseline || gate.arm === otherArm
        : gate.arm === otherArm && gate.against === baseline),
  );
  const isLost =
    missing !== undefined && isWhole(point, metric, baseline) && !isWhole(point, metric, otherArm);
  return {
    metric,
    subject: `${otherArm} against ${baseline}`,
    run,
    loadPoint: point.loadPoint,
    values: { old: pairs.map((pair) => pair.baseline), new: pairs.map((pair) => pair.other) },
    isPaired: true,
    isCounted: metric.isExact === true && metric.dependsOnTiming !== true,
    distrust:
      distrustOf({
        isInvalid: failed.some(({ kind }) => kind === 'correctness'),
        isHarnessLimited: failed.some(
          ({ kind, id }) => kind === 'harness' && isVoidedBy(metric, id),
        ),
      }) ?? (isLost ? missing : undefined),
    missing,
  };
}

/** Whether every trial of the arm supports the metric. */
function isWhole({ summaries }: LoadPointAnalysis, metric: Metric, arm: string): boolean {
  const values = summaries.find((one) => one.metric === metric.id && one.arm === arm)?.values ?? [];
  return values.length > 0 && !values.includes(undefined);
}

/** Every block must have a pair, as for verdicts; a single pair has no interval. */
function whyUnpaired(
  { arms }: LoadPointAnalysis,
  { isExact }: Metric,
  { baseline, otherArm, pairs }: ArmNames & { pairs: number },
): string | undefined {
  if (pairs === 0) return 'no block in which both arms have this number';
  const blocks = Math.min(
    ...arms
      .filter(({ name }) => name === baseline || name === otherArm)
      .map(({ completed }) => completed),
  );
  if (isExact === true) return undefined;
  if (pairs < blocks) return `supported in ${pairs} of ${blocks} blocks only`;
  return pairs < 2 ? 'a single block has no interval' : undefined;
}
