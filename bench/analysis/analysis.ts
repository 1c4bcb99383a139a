// The result of an analysis: all that a report, a table or an export may print. Pure values, saved as analysis.json.

import type { Arm } from '../contract/transports.ts';
import type { Environment, LoadPoint, Plan, Warning } from '../contract/run-file.ts';

export type MetricUnit = 'ns' | 'bytes' | 'tokens/s' | 'ratio' | 'tokens/read' | 'ns/token' | 'bytes/token';

/** A mean over trials with its 95 % t-interval. For `ratio`-scaled metrics the geometric mean, else the arithmetic. */
export interface Estimate {
  readonly value: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly trials: number;
}

export type VerdictKind =
  | 'invalid'
  | 'harness-limited'
  | 'not-resolvable'
  | 'better'
  | 'equivalent'
  | 'size-uncertain'
  | 'inconclusive'
  | 'exact'
  | 'not-measured'
  | 'withheld';

export interface Verdict {
  readonly kind: VerdictKind;
  /** The better arm's name, for `better`, `size-uncertain` and an `exact` difference beyond the margin. */
  readonly favours: string | undefined;
  /** Equivalent, yet a difference was detected (Holm p < 0.05). */
  readonly differenceDetected: boolean;
  /** Why, for `invalid`, `harness-limited`, `not-measured`, `withheld`. */
  readonly reason: string | undefined;
  /** Blocks that would be needed to resolve the margin, for `inconclusive` and `not-resolvable`. */
  readonly blocksNeeded: number | undefined;
}

/** Paired over blocks: other against baseline. */
export interface Comparison {
  readonly metric: string;
  /** P1…P8 for the pre-declared endpoints; undefined for exploratory metrics. */
  readonly endpoint: string | undefined;
  /** Where no pair has a value (`blocks` 0): NaN, with `trials` 0. */
  readonly baseline: Estimate;
  readonly other: Estimate;
  readonly blocks: number;
  /** Ratio other/baseline of geometric means with its 95 % interval; undefined for metrics that may be ≤ 0. */
  readonly ratio: Estimate | undefined;
  /** Absolute difference other − baseline with its 95 % interval, in the metric's unit. */
  readonly difference: Estimate | undefined;
  /** Zone of practical equivalence: negligible within either. */
  readonly margin: { readonly ratio: number | undefined; readonly absolute: number | undefined };
  readonly signFlipP: number | undefined;
  /** Holm-adjusted over all endpoints and load points of the run; for exploratory metrics Benjamini–Hochberg. */
  readonly adjustedP: number | undefined;
  readonly tostP: number | undefined;
  /** Holm-adjusted over all endpoints and load points of the run: what `equivalent` was decided on. */
  readonly adjustedTostP?: number;
  /** Effect of the order within a block on the log ratio, with its interval: a carry-over check. */
  readonly orderEffect: Estimate | undefined;
  /** Per block, in run order: what the paired chart shows. */
  readonly pairs: readonly { readonly block: number; readonly baseline: number; readonly other: number; readonly baselineFirst: boolean }[];
  readonly verdict: Verdict;
  /** One sentence made from the verdict alone. */
  readonly sentence: string;
  readonly warnings: readonly Warning[];
}

/** One metric over one arm at one load point. */
export interface MetricSummary {
  readonly metric: string;
  readonly arm: string;
  readonly estimate: Estimate | undefined;
  /** Per-trial values in run order; undefined where the trial does not support the number. */
  readonly values: readonly (number | undefined)[];
  /** Why there is no estimate, or why to doubt it. */
  readonly note: string | undefined;
}

export interface GateSummary {
  readonly id: string;
  readonly kind: 'environment' | 'harness' | 'correctness';
  readonly title: string;
  readonly unit: string;
  readonly limit: number;
  readonly arm: string;
  /** Over the arm's measured trials. */
  readonly median: number | undefined;
  readonly worst: number | undefined;
  readonly missed: number;
  readonly trials: number;
  /** What this gate means for the load point, after the rule on how many trials may miss it. */
  readonly state: 'ok' | 'warned' | 'failed' | 'not-measured';
  readonly note: string | undefined;
}

/** Delivery quantiles of an arm: median over trials with the lowest and highest trial, for the chart. */
export interface QuantileCurve {
  readonly arm: string;
  readonly points: readonly { readonly q: number; readonly medianNs: number; readonly lowNs: number; readonly highNs: number }[];
}

export interface LoadPointAnalysis {
  readonly loadPoint: LoadPoint;
  readonly arms: readonly { readonly name: string; readonly arm: Arm; readonly completed: number; readonly failed: number }[];
  /** Endpoints first, in their order; then exploratory comparisons; every non-baseline, non-null arm against the baseline. */
  readonly comparisons: readonly (Comparison & { readonly otherArm: string })[];
  readonly summaries: readonly MetricSummary[];
  readonly gates: readonly GateSummary[];
  readonly deliveryCurves: readonly QuantileCurve[];
  readonly invalid: readonly string[];
  readonly harnessLimited: readonly string[];
}

export interface Analysis {
  readonly schema: 1;
  readonly streamduel: string;
  readonly name: string;
  readonly startedAt: string;
  readonly command: string;
  readonly plan: Plan;
  readonly planSha256: string;
  readonly environment: Environment;
  readonly baseline: string;
  readonly loadPoints: readonly LoadPointAnalysis[];
  /** Of all trials, burn-in included; `burnIn` counts those among them. */
  readonly trials: { readonly planned: number; readonly completed: number; readonly failed: number; readonly burnIn: number };
  readonly failures: readonly {
    readonly trial: number;
    readonly arm: string;
    readonly message: string;
    readonly hint: string | undefined;
  }[];
  readonly isComplete: boolean;
  /** Wall time of all trials, ns, and the median overhead of one. */
  readonly costNs: { readonly wall: number; readonly medianTrialOverhead: number | undefined };
  readonly warnings: readonly Warning[];
}
