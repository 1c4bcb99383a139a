// Judges the thresholds of --fail-if against the estimates of a run. A gate must not be passed by a
// number that is missing or cannot be trusted, so everything that is not a clear pass by value
// counts as a miss.

import { strict as assert } from 'node:assert';
import type { Arm } from '../contract/arms/arms.ts';
import { transports } from '../contract/arms/transports.ts';
import type { LoadPoint } from '../contract/run-file.ts';
import type { Analysis, LoadPointAnalysis, MetricSummary } from './analysis.ts';
import type { Estimate } from './statistics/estimate.ts';

export const thresholdOperators = ['>=', '<=', '>', '<'] as const;

export type ThresholdOperator = (typeof thresholdOperators)[number];

/** The condition on which a run fails. */
export interface Threshold {
  /** The threshold as the user wrote it. */
  readonly text: string;
  /** Name of an arm; undefined for every arm that is compared. */
  readonly arm: string | undefined;
  readonly metric: string;
  readonly operator: ThresholdOperator;
  /** Limit in the metric's unit. */
  readonly limit: number;
}

/** One threshold on one arm at one load point. */
export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly arm: string;
  readonly loadPoint: LoadPoint;
  readonly outcome: 'passed' | 'failed' | 'not-measured';
  /** The mean over trials that was judged; undefined when nothing was measured. */
  readonly estimate: Estimate | undefined;
  /**
   * Whether the whole 95 % interval lies on the side of the outcome; false also without an
   * interval, or with a reason.
   */
  readonly isShown: boolean;
  /** Set when the value did not decide the outcome. */
  readonly reason: string | undefined;
}

/**
 * Ordered by threshold, load point, arm. A threshold without an arm skips the null arm and labelled
 * ones, unless there is no other.
 */
export function judgeThresholds(
  analysis: Analysis,
  thresholds: readonly Threshold[],
): readonly ThresholdResult[] {
  return thresholds.flatMap((threshold) =>
    placesOf(analysis, threshold).flatMap((point) =>
      judgedArms(point, threshold.arm).map((arm) => judge(point, arm, threshold)),
    ),
  );
}

/**
 * The load points that measure its metric; all if none does, so that a threshold never passes for
 * want of a number.
 */
function placesOf({ loadPoints }: Analysis, { metric }: Threshold): readonly LoadPointAnalysis[] {
  const asked = loadPoints.filter(({ summaries }) =>
    summaries.some((summary) => summary.metric === metric),
  );
  return asked.length === 0 ? loadPoints : asked;
}

/** Whether the command must exit with 1 for it. */
export function isMissed({ outcome }: ThresholdResult): boolean {
  return outcome !== 'passed';
}

function judgedArms({ arms }: LoadPointAnalysis, named: string | undefined): readonly string[] {
  const names = arms.map(({ name }) => name);
  if (named !== undefined) {
    assert(names.includes(named), `arm ${named} of a threshold must be in the plan`);
    return [named];
  }
  const compared = arms.filter(({ arm }) => isUnderComparison(arm)).map(({ name }) => name);
  return compared.length > 0 ? compared : names;
}

/**
 * False for the null arm, which is a floor, and for an arm that repeats or alters another one to
 * test the harness.
 */
export function isUnderComparison({ transport, label }: Arm): boolean {
  return !transports[transport].isNullArm && label === undefined;
}

function judge(point: LoadPointAnalysis, arm: string, threshold: Threshold): ThresholdResult {
  const summary = point.summaries.find((one) => one.metric === threshold.metric && one.arm === arm);
  const estimate = summary?.estimate;
  const result = {
    threshold,
    arm,
    loadPoint: point.loadPoint,
    estimate,
    isShown: false,
    reason: undefined,
  };
  const disbelief = whyNotBelieved(point) ?? whyVoid(point, { metric: threshold.metric, arm });
  if (disbelief !== undefined) return { ...result, outcome: 'failed', reason: disbelief };
  const missing = whyMissing(summary);
  if (estimate === undefined || missing !== undefined)
    return {
      ...result,
      estimate: undefined,
      outcome: 'not-measured',
      reason: missing ?? 'no value',
    };
  const isFailure = (value: number): boolean => holds[threshold.operator](value, threshold.limit);
  const hasFailed = isFailure(estimate.value);
  const { low, high } = estimate;
  const isShown =
    low !== undefined &&
    high !== undefined &&
    isFailure(low) === hasFailed &&
    isFailure(high) === hasFailed;
  return { ...result, outcome: hasFailed ? 'failed' : 'passed', isShown };
}

export const holds: Record<ThresholdOperator, (value: number, limit: number) => boolean> = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
};

/** Why no number of the load point may be relied on by itself; undefined when its gates held. */
export function whyNotBelieved({ invalid, harnessLimited }: LoadPointAnalysis): string | undefined {
  if (invalid.length > 0) return `INVALID: ${invalid.join('; ')}`;
  return harnessLimited.length > 0 ? `HARNESS-LIMITED: ${harnessLimited.join('; ')}` : undefined;
}

/**
 * Says why one number is unreliable at a load point whose gates held: a control between its arm
 * and another one was missed, and it cannot say which of the two was treated wrongly.
 */
export function whyVoid(
  { arms, missedControls = [] }: LoadPointAnalysis,
  { metric, arm }: { readonly metric: string; readonly arm: string },
): string | undefined {
  const reasons = missedControls
    .filter(({ otherArm, baselineArm = arms[0]?.name }) => [otherArm, baselineArm].includes(arm))
    .filter(({ voids }) => voids.includes(metric))
    .map(({ reason }) => reason);
  return reasons.length === 0 ? undefined : `HARNESS-LIMITED: ${[...new Set(reasons)].join('; ')}`;
}

/**
 * All or none: trials that lack a number lack it because they went badly, and the mean of the
 * others would be too good.
 */
function whyMissing(summary: MetricSummary | undefined): string | undefined {
  if (summary === undefined) return 'not a metric of this run';
  const { estimate, values, note } = summary;
  if (estimate === undefined || !Number.isFinite(estimate.value)) return note ?? 'no value';
  return values.includes(undefined) ? (note ?? 'not every trial has a value') : undefined;
}
