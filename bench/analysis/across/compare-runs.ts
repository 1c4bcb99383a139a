// Compares saved runs: changes from the first to each of the others. Pure: the same runs give the
// same comparison, to the last digit. All tests of one command are one family, however many runs it
// names.

import { armTitle } from '../../contract/arms/arms.ts';
import type { SavedRun } from '../../contract/run-file.ts';
import { NO_MARGIN } from '../compare.ts';
import { benjaminiHochberg, holm } from '../statistics/multiplicity.ts';
import { endpointsOf } from '../scenario-reading.ts';
import { warnOfComparison } from './across-warnings.ts';
import type { ChangeEvidence } from './change-evidence.ts';
import { decideChange, whyNotMeasured } from './change-verdict.ts';
import { differencesOfEnvironment } from './differences.ts';
import type { ClaimFamily } from './fewest-trials.ts';
import type { GatheredArm, GatheredRuns } from './gather-runs.ts';
import type {
  ArmChanges,
  Change,
  RunAgainstOld,
  RunComparison,
  RunIdentity,
} from './run-comparison.ts';

const CAVEAT =
  'Runs are made at different times: what differs between two occasions (another hour, another neighbour) is in these changes, not in their intervals. ' +
  'One run of each shows a difference between these runs; a claim about the software needs both repeated, alternately.';

export function compareRuns({ reading, old, arms }: GatheredRuns): RunComparison {
  const corrected = correct(arms, endpointsOf(reading).length);
  return {
    schema: 1,
    kind: 'run-comparison',
    old: identify(old),
    comparisons: [...Map.groupBy(arms, (arm) => arm.new)].map(([recent, own]): RunAgainstOld => {
      const changes = own.map((arm) => toChanges(arm, corrected));
      return {
        new: identify(recent),
        differences: differencesOfEnvironment(old.header, recent.header),
        warnings: warnOfComparison({ old, new: recent }, changes, reading),
        arms: changes,
      };
    }),
    caveat: CAVEAT,
  };
}

function identify({ folder, header }: SavedRun): RunIdentity {
  const { name, startedAt, command, streamduel, planSha256, plan } = header;
  return { folder, name, startedAt, command, streamduel, planSha256, seed: plan.seed };
}

interface Corrected {
  readonly family: ClaimFamily;
  readonly adjustedP: ReadonlyMap<ChangeEvidence, number>;
  readonly adjustedTostP: ReadonlyMap<ChangeEvidence, number>;
}

function isDeclared({ isContender }: GatheredArm, { metric }: ChangeEvidence): boolean {
  return isContender && metric.endpoint !== undefined;
}

/**
 * A metric that was declared but not measured stays in its family with p = 1: the others must not
 * gain by its loss.
 */
function correct(arms: readonly GatheredArm[], leastClaims: number): Corrected {
  const all = arms.flatMap((arm) =>
    arm.evidence.map((evidence) => ({ evidence, isDeclared: isDeclared(arm, evidence) })),
  );
  const declared = all.filter((one) => one.isDeclared).map(({ evidence }) => evidence);
  const exploratory = all
    .filter(
      (one) =>
        !one.isDeclared && one.evidence.metric.isExact !== true && one.evidence.p !== undefined,
    )
    .map(({ evidence }) => evidence);
  const differences = holm(declared.map((evidence) => orOne(evidence, evidence.p)));
  const equivalences = holm(declared.map((evidence) => orOne(evidence, evidence.tostP)));
  const discoveries = benjaminiHochberg(exploratory.map(({ p }) => p ?? 1));
  return {
    family: { claims: Math.max(declared.length, leastClaims), sides: 2 },
    adjustedP: new Map([...pairUp(declared, differences), ...pairUp(exploratory, discoveries)]),
    adjustedTostP: new Map(pairUp(declared, equivalences)),
  };
}

function orOne(evidence: ChangeEvidence, p: number | undefined): number {
  return whyNotMeasured(evidence) === undefined ? (p ?? 1) : 1;
}

function pairUp(
  evidence: readonly ChangeEvidence[],
  ps: readonly number[],
): [ChangeEvidence, number][] {
  return evidence.map((one, index) => [one, ps[index] as number]);
}

function toChanges(arm: GatheredArm, corrected: Corrected): ArmChanges {
  const { measured, isContender, invalid, harnessLimited } = arm;
  return {
    arm: measured.old.name,
    title: armTitle(measured.old.arm),
    loadPoint: measured.loadPoint,
    isContender,
    trials: { old: measured.old.completed.length, new: measured.new.completed.length },
    invalid,
    harnessLimited,
    changes: arm.evidence.map((evidence) => toChange(arm, evidence, corrected)),
  };
}

function allowsVerdicts({ header: { plan } }: SavedRun): boolean {
  return plan.verdicts && plan.isPilot !== true;
}

function toChange(
  arm: GatheredArm,
  evidence: ChangeEvidence,
  { family, ...corrected }: Corrected,
): Change {
  const { metric } = evidence;
  const isMeasured = whyNotMeasured(evidence) === undefined;
  const adjustedP =
    isMeasured || !isDeclared(arm, evidence) ? corrected.adjustedP.get(evidence) : undefined;
  const adjustedTostP = isMeasured ? corrected.adjustedTostP.get(evidence) : undefined;
  return {
    metric: metric.id,
    unit: metric.unit,
    better: metric.better,
    isExact: metric.isExact === true,
    endpoint: isDeclared(arm, evidence) ? metric.endpoint : undefined,
    old: evidence.old,
    new: evidence.new,
    values: evidence.values,
    ratio: evidence.ratio,
    difference: evidence.difference,
    margin: metric.margin ?? NO_MARGIN,
    p: evidence.p,
    adjustedP,
    tostP: evidence.tostP,
    adjustedTostP,
    verdict: decideChange(evidence, {
      isContender: arm.isContender,
      invalid: arm.invalid,
      harnessLimited: arm.harnessLimited,
      allowed: allowsVerdicts(arm.old) && allowsVerdicts(arm.new),
      family,
      adjustedP,
      adjustedTostP,
    }),
  };
}
