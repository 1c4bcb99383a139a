// The result of comparing saved runs: what `compare --format json` prints and every other format is
// made from. Pure values.

import type { LoadPoint, Warning } from '../../contract/run-file.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { MetricUnit } from '../metrics/metric.ts';
import type { Margin } from '../metrics/metric.ts';

export interface RunComparison {
  readonly schema: 1;
  readonly kind: 'run-comparison';
  readonly old: RunIdentity;
  /** Every further run, each against the old one; all of them are one family of tests. */
  readonly comparisons: readonly RunAgainstOld[];
  /** States which variation an interval between two runs does not contain. */
  readonly caveat: string;
}

export interface RunIdentity {
  readonly folder: string;
  readonly name: string;
  readonly startedAt: string;
  readonly command: string;
  readonly streamduel: string;
  readonly planSha256: string;
  readonly seed: number;
}

export interface RunAgainstOld {
  readonly new: RunIdentity;
  /** Differences of machine and software between the two runs. */
  readonly differences: readonly Difference[];
  /** The most severe first. */
  readonly warnings: readonly Warning[];
  /** One entry per load point and arm that both runs planned, in the order of the old run. */
  readonly arms: readonly ArmChanges[];
}

/**
 * A fact about two runs that is not the same in both; a side is undefined when its run does not
 * state it.
 */
export interface Difference {
  /** Path in the header of a run, such as `packages.ws`. */
  readonly field: string;
  readonly title: string;
  readonly old: Fact;
  readonly new: Fact;
}

export type Fact = string | number | boolean | undefined;

export interface ArmChanges {
  readonly arm: string;
  readonly title: string;
  readonly loadPoint: LoadPoint;
  /**
   * False for the null arm and for an arm that repeats or alters another one: they show floor and
   * noise, and get no verdict.
   */
  readonly isContender: boolean;
  /** Measured trials that completed. */
  readonly trials: { readonly old: number; readonly new: number };
  /** Gates that failed in either run, in words. */
  readonly invalid: readonly string[];
  readonly harnessLimited: readonly string[];
  /** Endpoints in their order, then counted metrics, then the rest. */
  readonly changes: readonly Change[];
}

/**
 * One metric of one arm at one load point, old run → new run. The trial is the unit, and trials of
 * two runs are independent.
 */
export interface Change {
  readonly metric: string;
  readonly unit: MetricUnit;
  readonly better: 'lower' | 'higher' | 'neither';
  /** Counted, not sampled. */
  readonly isExact: boolean;
  /**
   * P1… for pre-declared endpoints of a contender; undefined for exploratory and counted metrics.
   */
  readonly endpoint: string | undefined;
  /**
   * undefined without a value. A counted metric is estimated over the workloads that both runs
   * drew.
   */
  readonly old: Estimate | undefined;
  readonly new: Estimate | undefined;
  /** One value per trial, in run order. */
  readonly values: { readonly old: readonly number[]; readonly new: readonly number[] };
  /**
   * new/old of geometric means with its 95 % interval (Welch); undefined for metrics that may be ≤
   * 0.
   */
  readonly ratio: Estimate | undefined;
  /** new − old with its 95 % interval (Welch), in the metric's unit. */
  readonly difference: Estimate | undefined;
  /** Zone of practical equivalence: a change within either bound is negligible. */
  readonly margin: Margin;
  /** Two-sided, on the logarithm when there is a ratio; undefined when nothing is tested. */
  readonly p: number | undefined;
  /**
   * Adjusted by Holm over all endpoints, arms, load points and runs of the comparison; by
   * Benjamini–Hochberg for exploratory metrics.
   */
  readonly adjustedP: number | undefined;
  /** p of two one-sided tests against the margin, Bonferroni-corrected over its scales. */
  readonly tostP: number | undefined;
  readonly adjustedTostP: number | undefined;
  readonly verdict: ChangeVerdict;
}

export type ChangeVerdictKind =
  /** Shown, and beyond the margin. */
  | 'better'
  | 'worse'
  /** Shown to be negligible. */
  | 'equivalent'
  /** Shown, but it may be negligible; `direction` says which way. */
  | 'size-uncertain'
  /** Nothing is shown, in particular not equality. */
  | 'not-shown'
  /** Counted, so compared without a test. */
  | 'exact'
  /** An exploratory metric that is marked at a false discovery rate of 10 %. */
  | 'marked'
  | 'invalid'
  | 'harness-limited'
  | 'not-measured'
  /** Measured, but this comparison supports no verdict on it; `reason` says why. */
  | 'withheld';

export interface ChangeVerdict {
  readonly kind: ChangeVerdictKind;
  /** undefined when neither is shown, or neither more nor less of the metric is better. */
  readonly direction: 'better' | 'worse' | undefined;
  /** Equivalent, yet a difference was detected (Holm p < 0.05). */
  readonly differenceDetected: boolean;
  readonly reason: string | undefined;
  /** Trials of each run that would resolve the margin at this spread, for `not-shown`. */
  readonly trialsNeeded: number | undefined;
}
