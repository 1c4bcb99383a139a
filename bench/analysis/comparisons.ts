// All comparisons of a run with their verdicts. Two families are corrected for their number: the
// endpoints, declared beforehand, and everything else, which is exploratory.

import { deriveSeed } from '../contract/random.ts';
import type { Warning } from '../contract/run-file.ts';
import type { LoadPointAnalysis } from './analysis.ts';
import { findClockDoubts, whyClocksTooFar } from './clock-doubts.ts';
import { compareMetric, NO_MARGIN, type Evidence } from './compare.ts';
import { comparedPairs } from './compared-pairs.ts';
import {
  isSteady,
  type JudgedLoadPoint,
  type MeasuredArm,
  type MeasuredLoadPoint,
} from './measured-trials.ts';
import { isUntouchedByClient, isVoidedBy, type Metric } from './metrics/metric.ts';
import { floorForVerdict } from './noise-floors.ts';
import {
  endpointsOf,
  metricsAt,
  type PairingPlan,
  type ScenarioReading,
} from './scenario-reading.ts';
import { verdictSentence } from './sentences.ts';
import { benjaminiHochberg, fewestBlocks, holm } from './statistics/multiplicity.ts';
import { decideVerdict, noEstimate, whyNotMeasured } from './verdicts.ts';

export type ArmComparison = LoadPointAnalysis['comparisons'][number];

export interface CompareRunOptions {
  readonly reading: ScenarioReading;
  /** Whether the plan allows verdicts. */
  readonly allowed: boolean;
  readonly isPilot?: boolean;
  readonly seed: number;
  /** Decides which pairs a scenario compares that declares pairs of its own. */
  readonly plan?: PairingPlan;
}

/**
 * One list per load point. Of each pair of arms it has endpoints in their order, then counted bytes,
 * then the rest. The copy of the baseline is in no list and in no family.
 */
export function compareRun(
  loadPoints: readonly JudgedLoadPoint[],
  options: CompareRunOptions,
): readonly (readonly ArmComparison[])[] {
  const { reading } = options;
  const evidence = loadPoints.map((loadPoint) => gatherEvidence(loadPoint, options));
  const [first] = loadPoints;
  // A plan that names its endpoints has all of them among the evidence.
  const leastClaims =
    first === undefined || first.loadPoint.endpoints !== undefined
      ? 0
      : endpointsOf(reading).length;
  const corrected = correct(evidence.flat(), leastClaims);
  const withheld = whyWithheld(options);
  return loadPoints.map((loadPoint, index) =>
    (evidence[index] ?? []).map((one) =>
      toComparison(one, { reading, loadPoint, corrected, withheld }),
    ),
  );
}

/** Seed of the sign-flip tests that have to sample. */
export function signFlipSeed(runSeed: number): number {
  return deriveSeed(runSeed, SIGN_FLIP_SEED);
}

const SIGN_FLIP_SEED = 0x666c6970;

function whyWithheld({ allowed, isPilot }: CompareRunOptions): string | undefined {
  if (isPilot === true) return 'a pilot: it says how many blocks are needed';
  return allowed ? undefined : 'this plan is too short to support a verdict';
}

function gatherEvidence(
  { loadPoint, arms }: MeasuredLoadPoint,
  { reading, plan, ...options }: CompareRunOptions,
): Evidence[] {
  const seed = signFlipSeed(options.seed);
  const pairs = reading.comparesNothing === true ? [] : comparedPairs(arms, reading, plan);
  return pairs
    .flatMap(({ baseline, other }) => {
      const compared = metricsAt(reading, { loadPoint, arms: [baseline.arm, other.arm] });
      return compared
        .filter(({ isWithinArm }) => isWithinArm !== true)
        .map((metric) => compareMetric({ metric, baseline, other, seed }));
    })
    .filter((evidence) => evidence.pairs.length > 0 || isDeclared(evidence));
}

/** True for an endpoint between two contenders. */
function isDeclared({ metric, baselineArm, otherArm }: Evidence): boolean {
  return metric.endpoint !== undefined && !baselineArm.isNullArm && !otherArm.isNullArm;
}

interface Corrected {
  readonly differenceP: ReadonlyMap<Evidence, number>;
  readonly equivalenceP: ReadonlyMap<Evidence, number>;
  readonly fewestBlocks: number;
}

/**
 * An endpoint that was declared but not measured stays in its family with p = 1: the others must
 * not gain by its loss.
 */
function correct(all: readonly Evidence[], leastClaims: number): Corrected {
  const declared = all.filter(isDeclared);
  const exploratory = all.filter(
    (evidence) => !isDeclared(evidence) && evidence.signFlipP !== undefined,
  );
  const differences = holm(declared.map((evidence) => orOne(evidence, evidence.signFlipP)));
  const equivalences = holm(declared.map((evidence) => orOne(evidence, evidence.tostP)));
  const discoveries = benjaminiHochberg(exploratory.map(({ signFlipP }) => signFlipP ?? 1));
  return {
    differenceP: new Map([...pairUp(declared, differences), ...pairUp(exploratory, discoveries)]),
    equivalenceP: new Map(pairUp(declared, equivalences)),
    fewestBlocks: fewestBlocks(Math.max(1, declared.length, leastClaims)),
  };
}

function orOne(evidence: Evidence, p: number | undefined): number {
  return whyNotMeasured(evidence) === undefined ? (p ?? 1) : 1;
}

function pairUp(evidence: readonly Evidence[], ps: readonly number[]): [Evidence, number][] {
  return evidence.map((one, index) => [one, ps[index] as number]);
}

interface VerdictSurroundings {
  readonly reading: ScenarioReading;
  readonly loadPoint: JudgedLoadPoint;
  readonly corrected: Corrected;
  readonly withheld: string | undefined;
}

function toComparison(
  evidence: Evidence,
  { reading, loadPoint, corrected, withheld }: VerdictSurroundings,
): ArmComparison {
  const { metric, otherArm, baselineArm, pairs } = evidence;
  const isMeasured = whyNotMeasured(evidence) === undefined;
  const differenceP =
    isMeasured || !isDeclared(evidence) ? corrected.differenceP.get(evidence) : undefined;
  const equivalenceP = isMeasured ? corrected.equivalenceP.get(evidence) : undefined;
  const reasons = (of: ReadonlyMap<string, readonly string[]>): string[] =>
    [baselineArm, otherArm].flatMap(({ name }) => of.get(name) ?? []);
  const verdict = decideVerdict(evidence, {
    invalid: reasons(loadPoint.invalid),
    harnessLimited: [
      ...(isUntouchedByClient(metric) ? [] : reasons(loadPoint.harnessLimited)),
      ...controlsMissed(evidence, loadPoint),
    ],
    withheld,
    fewestBlocks: corrected.fewestBlocks,
    differenceP,
    equivalenceP,
    clocks: whyClocksTooFar(metric, findClockDoubts([baselineArm, otherArm])),
    noiseFloor: floorForVerdict(metric, loadPoint.noiseFloors ?? []),
  });
  const { orderEffect } = evidence;
  return {
    metric: metric.id,
    endpoint: isDeclared(evidence) ? metric.endpoint : undefined,
    otherArm: otherArm.name,
    ...(baselineArm.name !== loadPoint.arms[0]?.name && { baselineArm: baselineArm.name }),
    baseline: evidence.baseline ?? noEstimate,
    other: evidence.other ?? noEstimate,
    blocks: pairs.length,
    ratio: evidence.ratio,
    difference: evidence.difference,
    margin: metric.margin ?? NO_MARGIN,
    signFlipP: evidence.signFlipP,
    adjustedP: differenceP,
    tostP: evidence.tostP,
    ...(equivalenceP !== undefined && { adjustedTostP: equivalenceP }),
    orderEffect: orderEffect && {
      value: orderEffect.gamma,
      low: orderEffect.low,
      high: orderEffect.high,
      trials: pairs.length,
    },
    pairs,
    verdict,
    sentence: verdictSentence(evidence, verdict),
    warnings: [
      ...evidence.warnings,
      ...warnOfDrift(metric, [baselineArm, otherArm]),
      ...(reading.warnOfComparison?.(metric, [baselineArm, otherArm]) ?? []),
    ],
  };
}

/** The controls that the two arms missed, in words, as far as the metric depends on them. */
function controlsMissed(
  { metric, baselineArm, otherArm }: Evidence,
  { failedControls = [] }: JudgedLoadPoint,
): readonly string[] {
  return failedControls
    .filter(({ baseline, other }) => baseline === baselineArm.name && other === otherArm.name)
    .filter(({ gate }) => isVoidedBy(metric, gate))
    .map(({ reason }) => reason);
}

function warnOfDrift(metric: Metric, arms: readonly MeasuredArm[]): Warning[] {
  if (metric.endpoint === undefined) return [];
  const drifting = arms.map(({ name, completed }) => ({
    name,
    trials: completed.length,
    count: completed.filter(isSteady).filter(({ steadiness }) => steadiness.isDrifting).length,
  }));
  if (drifting.every(({ count }) => count === 0)) return [];
  const counts = drifting
    .map(({ name, count, trials }) => `${name} in ${count} of ${trials}`)
    .join(', ');
  return [
    { code: 'drift', message: `delivery changed within the window of some trials: ${counts}` },
  ];
}
