// Judges `--fail-if-worse`: whether a worsening beyond a margin is shown. An observed worsening is
// not enough, because a threshold below the noise of the machine fails builds by chance; and a gate
// that is not shown is not passed.

import type { LoadPoint } from '../../contract/run-file.ts';
import type { Metric } from '../metrics/metric.ts';
import { estimateMean } from '../statistics/estimate.ts';
import { mean } from '../statistics/moments.ts';
import { holm } from '../statistics/multiplicity.ts';
import { pairedEffect } from '../statistics/paired-t.ts';
import {
  exceedsP,
  fallsShortP,
  welchEffect,
  type StudentisedEffect,
} from '../statistics/welch-t.ts';
import type { TwoSides } from './change-evidence.ts';
import { ALPHA, canBeShown } from './fewest-trials.ts';

/** The worsening that is tolerated: a share of the old value, or an amount in the metric's unit. */
export type WorseMargin =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'amount'; readonly amount: number };

export interface RegressionGate {
  /** undefined for the gate on all endpoints and counted metrics that have no gate of their own. */
  readonly metric: Metric | undefined;
  readonly margin: WorseMargin;
}

/** One metric of one arm at one load point, with the values to compare. */
export interface GateSubject {
  readonly metric: Metric;
  /** `ws`, or `ws against sse` within one run. */
  readonly subject: string;
  /** Folder of the run that is judged. */
  readonly run: string;
  readonly loadPoint: LoadPoint;
  readonly values: TwoSides;
  /** True when old and new are paired blocks of one run. */
  readonly isPaired: boolean;
  /** True when values are compared directly, because nothing is sampled. */
  readonly isCounted: boolean;
  /** Why the numbers cannot be trusted. */
  readonly distrust: string | undefined;
  /** Why there is nothing to judge. */
  readonly missing: string | undefined;
}

export interface GateResult {
  readonly metric: string;
  readonly subject: string;
  readonly run: string;
  readonly loadPoint: LoadPoint;
  readonly margin: WorseMargin;
  /** `not-shown`: it is shown neither to be worse by more than the margin nor not to be. */
  readonly state: 'passed' | 'failed' | 'not-shown';
  /** Worsening of the new values, as a share or an amount like the margin; negative when better. */
  readonly seen: number | undefined;
  /**
   * One-sided p-values, Holm-adjusted over all gates, that it is worse by more than the margin and
   * that it is not.
   */
  readonly worseP: number | undefined;
  readonly notWorseP: number | undefined;
  readonly reason: string | undefined;
}

/**
 * One result per metric, arm, load point and run that a gate applies to, in the order of the
 * subjects.
 */
export function judgeRegressions(
  gates: readonly RegressionGate[],
  subjects: readonly GateSubject[],
): readonly GateResult[] {
  const judged = subjects.flatMap((subject) => {
    const margin = marginFor(gates, subject.metric);
    return margin === undefined ? [] : [prepare(subject, margin)];
  });
  // A subject that cannot be judged stays in the family with p = 1: the others must not gain by its
  // loss.
  const tested = judged.filter(({ gateSubject }) => !gateSubject.isCounted);
  const worse = holm(tested.map(({ effect }) => (effect === undefined ? 1 : exceedsP(effect, 0))));
  const notWorse = holm(
    tested.map(({ effect }) => (effect === undefined ? 1 : fallsShortP(effect, 0))),
  );
  const adjusted = new Map(
    tested.map((one, index) => [
      one,
      { worse: worse[index] as number, notWorse: notWorse[index] as number },
    ]),
  );
  return judged.map((one) => toResult(one, adjusted.get(one), tested.length));
}

/** A gate on the metric itself overrides the gate on all metrics. */
function marginFor(gates: readonly RegressionGate[], metric: Metric): WorseMargin | undefined {
  const own = gates.find((gate) => gate.metric?.id === metric.id);
  const isDefault =
    (metric.endpoint !== undefined || metric.isExact === true) && metric.better !== 'neither';
  return (
    own?.margin ?? (isDefault ? gates.find((gate) => gate.metric === undefined)?.margin : undefined)
  );
}

interface PreparedGate {
  readonly gateSubject: GateSubject;
  readonly margin: WorseMargin;
  /** Part of the worsening beyond the margin; undefined when nothing can be computed. */
  readonly effect: StudentisedEffect | undefined;
}

function prepare(gateSubject: GateSubject, margin: WorseMargin): PreparedGate {
  const isJudged = gateSubject.missing === undefined && gateSubject.distrust === undefined;
  const beyond = isJudged ? beyondMargin(gateSubject, margin) : undefined;
  return { gateSubject, margin, effect: beyond && effectOf(gateSubject, beyond) };
}

/**
 * Both sides signed so that more is worse, the old one moved by the margin: the remaining
 * difference lies beyond it.
 */
function beyondMargin({ metric, values }: GateSubject, margin: WorseMargin): TwoSides | undefined {
  const sign = metric.better === 'higher' ? -1 : 1;
  const turn = (side: readonly number[], move: (value: number) => number): number[] =>
    side.map((value) => sign * move(value));
  if (margin.kind === 'amount') {
    return {
      old: turn(values.old, (value) => value + sign * margin.amount),
      new: turn(values.new, (value) => value),
    };
  }
  const isPositive = [...values.old, ...values.new].every((value) => value > 0);
  if (metric.scale === 'ratio' && isPositive) {
    const log = Math.log1p(margin.share);
    return {
      old: turn(values.old, (value) => Math.log(value) + sign * log),
      new: turn(values.new, Math.log),
    };
  }
  // Values may be negative here, so the share is one of the old mean, which must be positive.
  if (mean(values.old) <= 0) return undefined;
  return {
    old: turn(values.old, (value) => value * (1 + margin.share) ** sign),
    new: turn(values.new, (value) => value),
  };
}

function effectOf(
  { isPaired, isCounted }: GateSubject,
  { old, new: recent }: TwoSides,
): StudentisedEffect | undefined {
  if (isCounted) return { mean: mean(recent) - mean(old), standardError: 0, degreesOfFreedom: 1 };
  if (old.length < 2 || recent.length < 2) return undefined;
  if (!isPaired) return welchEffect({ first: old, second: recent });
  const paired = pairedEffect(recent.map((value, index) => value - (old[index] as number)));
  return {
    mean: paired.mean,
    standardError: paired.standardError,
    degreesOfFreedom: paired.count - 1,
  };
}

function toResult(
  prepared: PreparedGate,
  adjusted: { worse: number; notWorse: number } | undefined,
  claims: number,
): GateResult {
  const { gateSubject, margin } = prepared;
  const { metric, subject, run, loadPoint } = gateSubject;
  return {
    metric: metric.id,
    subject,
    run,
    loadPoint,
    margin,
    seen: worseningOf(gateSubject, margin),
    worseP: prepared.effect && adjusted?.worse,
    notWorseP: prepared.effect && adjusted?.notWorse,
    ...decide(prepared, adjusted, claims),
  };
}

/**
 * A counted value that is worse by exactly the margin is not beyond it, whatever the last digit
 * says.
 */
const ROUNDING = 1e-9;

function decide(
  { gateSubject, effect }: PreparedGate,
  adjusted: { worse: number; notWorse: number } | undefined,
  claims: number,
): Pick<GateResult, 'state' | 'reason'> {
  const { distrust, missing, isCounted, isPaired, values } = gateSubject;
  if (distrust !== undefined) return { state: 'failed', reason: `cannot be trusted: ${distrust}` };
  if (missing !== undefined) return { state: 'not-shown', reason: missing };
  if (isNothing(gateSubject)) return { state: 'passed', reason: undefined };
  if (effect === undefined)
    return { state: 'not-shown', reason: 'a share of a value that is not positive says nothing' };
  if (isCounted)
    return {
      state: effect.mean > ROUNDING * Math.max(...values.new) ? 'failed' : 'passed',
      reason: undefined,
    };
  const trials = { old: values.old.length, new: values.new.length };
  const isEnough = isPaired
    ? 2 ** -trials.new <= ALPHA / claims
    : canBeShown(trials, { claims, sides: 1 });
  if (!isEnough) {
    return {
      state: 'not-shown',
      reason: `cannot be shown with ${isPaired ? `${trials.new} blocks` : `${trials.old} and ${trials.new} trials`}`,
    };
  }
  if (adjusted !== undefined && adjusted.worse < ALPHA)
    return { state: 'failed', reason: undefined };
  return {
    state: adjusted !== undefined && adjusted.notWorse < ALPHA ? 'passed' : 'not-shown',
    reason: undefined,
  };
}

/**
 * True for a count of 0 on both sides, such as tokens lost: there is no share of it, and nothing
 * got worse.
 */
function isNothing({ metric, values }: GateSubject): boolean {
  return metric.isExact === true && [...values.old, ...values.new].every((value) => value === 0);
}

/**
 * The worsening of the means: geometric for a ratio, so that it agrees with the ratio that the
 * comparison prints.
 */
function worseningOf({ metric, values }: GateSubject, margin: WorseMargin): number | undefined {
  const scale = margin.kind === 'share' ? metric.scale : 'difference';
  const [old, recent] = [
    estimateMean(values.old, scale)?.value,
    estimateMean(values.new, scale)?.value,
  ];
  if (old === undefined || recent === undefined) return undefined;
  const [low, high] = metric.better === 'higher' ? [recent, old] : [old, recent];
  if (margin.kind === 'amount') return high - low;
  return low > 0 && high > 0 ? high / low - 1 : undefined;
}
