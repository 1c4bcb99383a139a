// The result of an analysis: all that a report, a table or an export may print. Pure values, saved
// as analysis.json.

import type { AgentsOfRun } from './agents-of-run.ts';
import type { Arm } from '../contract/arms/arms.ts';
import type { Environment, Gate, LoadPoint, Plan, Warning } from '../contract/run-file.ts';
import type { NoiseFloor } from './measured-trials.ts';
import type { Estimate } from './statistics/estimate.ts';
import type { BrowserAnalysis } from './browser-analysis.ts';
import type { Margin } from './metrics/metric.ts';

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
  /**
   * The better arm's name, for `better`, `size-uncertain` and an `exact` difference beyond the
   * margin.
   */
  readonly favours: string | undefined;
  /** Equivalent, yet a difference was detected (Holm p < 0.05). */
  readonly differenceDetected: boolean;
  /**
   * Set for `invalid`, `harness-limited`, `not-measured`, `withheld`, `not-resolvable`, and when
   * more blocks may not settle it.
   */
  readonly reason: string | undefined;
  /** Blocks that would be needed to resolve the margin, for `inconclusive` and `not-resolvable`. */
  readonly blocksNeeded: number | undefined;
}

/** One metric of two arms, paired over blocks: other against baseline. */
export interface Comparison {
  readonly metric: string;
  /** P1…P8 for the pre-declared endpoints; undefined for exploratory metrics. */
  readonly endpoint: string | undefined;
  /** NaN, with `trials` 0, when no pair has a value (`blocks` 0). */
  readonly baseline: Estimate;
  readonly other: Estimate;
  readonly blocks: number;
  /**
   * Ratio other/baseline of geometric means with its 95 % interval; undefined for metrics that may
   * be ≤ 0.
   */
  readonly ratio: Estimate | undefined;
  /** Absolute difference other − baseline with its 95 % interval, in the metric's unit. */
  readonly difference: Estimate | undefined;
  /** Zone of practical equivalence: a difference within either bound is negligible. */
  readonly margin: Margin;
  readonly signFlipP: number | undefined;
  /**
   * Holm-adjusted over all endpoints and load points of the run; for exploratory metrics
   * Benjamini–Hochberg.
   */
  readonly adjustedP: number | undefined;
  readonly tostP: number | undefined;
  /** Holm-adjusted over all endpoints and load points of the run: it decides `equivalent`. */
  readonly adjustedTostP?: number;
  /** Effect of the order within a block on the log ratio, with its interval: a carry-over check. */
  readonly orderEffect: Estimate | undefined;
  /** One pair per block, in run order, as in the paired chart. */
  readonly pairs: readonly {
    readonly block: number;
    readonly baseline: number;
    readonly other: number;
    readonly baselineFirst: boolean;
  }[];
  readonly verdict: Verdict;
  /** One sentence made from the verdict alone. */
  readonly sentence: string;
  readonly warnings: readonly Warning[];
}

/** The names of two compared arms. */
export interface PairNames {
  readonly otherArm: string;
  /** The arm that it is compared with; absent for the baseline of the run. */
  readonly baselineArm?: string | undefined;
}

/** One metric over one arm at one load point. */
export interface MetricSummary {
  readonly metric: string;
  readonly arm: string;
  readonly estimate: Estimate | undefined;
  /** Per-trial values in run order; undefined when the trial does not support the number. */
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
  /**
   * The other arm of a declared pair that this is a control of: it concerns no other comparison of
   * the arm.
   */
  readonly against?: string;
  /** Median and worst value over the arm's measured trials. */
  readonly median: number | undefined;
  readonly worst: number | undefined;
  readonly missed: number;
  readonly trials: number;
  /** Result of this gate for the load point, after the rule on how many trials may miss it. */
  readonly state: 'ok' | 'warned' | 'failed' | 'not-measured';
  readonly note: string | undefined;
}

/**
 * Delivery quantiles of an arm: median over trials with the lowest and highest trial, for the
 * chart.
 */
export interface QuantileCurve {
  readonly arm: string;
  readonly points: readonly {
    readonly q: number;
    readonly medianNs: number;
    readonly lowNs: number;
    readonly highNs: number;
  }[];
}

/** A quantity that the harness alone decides, and in which it treated two arms differently. */
export interface MissedControl extends PairNames {
  readonly gate: string;
  /** In words, without the arms. */
  readonly reason: string;
  /** Metrics that depend on it, by their ids: none of them gets a verdict between the two arms. */
  readonly voids: readonly string[];
}

export interface LoadPointAnalysis {
  readonly loadPoint: LoadPoint;
  readonly arms: readonly {
    readonly name: string;
    readonly arm: Arm;
    readonly completed: number;
    readonly failed: number;
  }[];
  /**
   * Every arm except the copy of the baseline, against the baseline; or the pairs that the scenario
   * declares. Of each pair endpoints first, in their order; then the rest.
   */
  readonly comparisons: readonly (Comparison & PairNames)[];
  /**
   * One for each endpoint of the A/A pair; empty without a pair, or when one of the two arms is
   * INVALID.
   */
  readonly noiseFloors: readonly NoiseFloor[];
  readonly summaries: readonly MetricSummary[];
  readonly gates: readonly GateSummary[];
  readonly deliveryCurves: readonly QuantileCurve[];
  readonly invalid: readonly string[];
  /** Gates of single arms that void everything but counted bytes. */
  readonly harnessLimited: readonly string[];
  /** Controls between two arms, each of which voids what depends on it; absent for none. */
  readonly missedControls?: readonly MissedControl[];
}

/** A block that was measured again because the machine disturbed its first measurement. */
export interface RepeatedBlock {
  readonly block: number;
  /** Numbers of the trials of the first measurement, and of all later ones. */
  readonly firstTrials: readonly number[];
  readonly repeatTrials: readonly number[];
  /** Whether the repetition was analysed; false when it was cut off. */
  readonly isUsed: boolean;
  /** The ends of the agents of its trials, where one was lost. */
  readonly lost?: readonly string[];
  /** Environment gates that the first measurement missed. */
  readonly misses: readonly (Pick<Gate, 'id' | 'title' | 'value' | 'limit' | 'unit'> & {
    readonly trial: number;
    readonly arm: string;
    readonly connections: number;
    readonly loadPoint: LoadPoint;
  })[];
}

/** The conclusions if no block had been measured again. */
export interface WithoutRepeats {
  /** Endpoints whose verdict would differ. */
  readonly changed: readonly (PairNames & {
    readonly connections: number;
    readonly loadPoint: LoadPoint;
    readonly metric: string;
    readonly verdict: Verdict;
    readonly verdictWithout: Verdict;
  })[];
  /**
   * Share of CPU time stolen in the first measurement of all blocks, other arm − baseline: the
   * machine should treat both alike.
   */
  readonly stolen: readonly {
    readonly otherArm: string;
    readonly difference: Estimate;
    readonly p: number;
  }[];
}

/** One interval that a precision stop looks at. */
export interface StopInterval {
  readonly metric: string;
  readonly arm: string;
  readonly connections: number;
  readonly loadPoint: LoadPoint;
  /** The estimated quantity: the ratio, or the difference in the metric's unit. */
  readonly scale: 'ratio' | 'difference';
  /** Half-width of the 95 % interval; undefined when the metric has no interval yet. */
  readonly halfWidth: number | undefined;
  /**
   * The largest half-width that the rule accepts; undefined for a difference without a margin and
   * without values.
   */
  readonly limit: number | undefined;
}

export interface StopState {
  readonly isReached: boolean;
  readonly reason: 'precision' | 'time' | undefined;
  /** The interval that is farthest from its limit. */
  readonly widest: StopInterval | undefined;
  /** Blocks that were begun, burn-in left out. */
  readonly blocks: number;
}

/**
 * Blocks that one comparison needs, from its spread in a pilot: nothing here shows how the arms
 * compare.
 */
export interface PilotEndpoint {
  readonly metric: string;
  readonly otherArm: string;
  readonly connections: number;
  readonly loadPoint: LoadPoint;
  readonly blocks: number;
  /**
   * Standard deviation over blocks of the logarithm of the ratio; undefined without a ratio or with
   * fewer than two blocks.
   */
  readonly spreadRatio: number | undefined;
  /** Standard deviation of the difference, in the metric's unit. */
  readonly spread: number | undefined;
  readonly margin: { readonly ratio: number | undefined; readonly absolute: number | undefined };
  /**
   * Blocks needed for the margin, on the scale that needs fewer; undefined without a margin, and
   * beyond a million blocks.
   */
  readonly needed: { readonly difference: number; readonly equivalence: number } | undefined;
  /**
   * Blocks needed for the precision of the plan's stopping rule; undefined without one or beyond a
   * million blocks.
   */
  readonly neededForPrecision: number | undefined;
}

export interface PilotAnalysis {
  readonly endpoints: readonly PilotEndpoint[];
  /**
   * Blocks that the next run should measure: the most that any endpoint needs, up to the limit of a
   * run.
   */
  readonly blocks: number;
  /** True when some endpoint needs more than a run may have. */
  readonly isCapped: boolean;
  /** Estimated time of that run, at the pace of this one; undefined when no trial completed. */
  readonly estimatedNs: number | undefined;
  readonly command: string;
}

/** A factor of the set-up that is drawn anew for every trial and saved with it. */
export type SetupFactor =
  | 'environmentPadding'
  | 'hashSeed'
  | 'randomSeed'
  | 'workingDirectory'
  | 'serverFirst'
  | 'cpus'
  | 'port';

/**
 * Common to all scenarios; the reading of a scenario adds its own parts, under keys of their own.
 */
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
  /** The arm that repeats the baseline (A/A); undefined without one. */
  readonly copy: string | undefined;
  readonly loadPoints: readonly LoadPointAnalysis[];
  /** Set only when a page received the streams. */
  readonly browser?: BrowserAnalysis;
  /** Set only when the processes ran on agents. */
  readonly agents?: AgentsOfRun;
  /**
   * Counts include burn-in, which `burnIn` counts alone, and repeated blocks. When a rule stopped
   * the run, no more were planned.
   */
  readonly trials: {
    readonly planned: number;
    readonly completed: number;
    readonly failed: number;
    readonly burnIn: number;
    /** Trials measured again alone, because they or their pair were late in parallel; absent for none. */ readonly alone?: number;
  };
  readonly failures: readonly {
    readonly trial: number;
    readonly arm: string;
    readonly message: string;
    readonly hint: string | undefined;
  }[];
  readonly isComplete: boolean;
  /**
   * Blocks that were measured, burn-in left out, and those of them whose first measurement the
   * machine disturbed.
   */
  readonly blocks: { readonly measured: number; readonly disturbed: number };
  readonly repeats: readonly RepeatedBlock[];
  /** undefined when no block was repeated. */
  readonly withoutRepeats: WithoutRepeats | undefined;
  /** undefined when the number of blocks was fixed beforehand. */
  readonly stop: StopState | undefined;
  /** undefined unless the run is a pilot. */
  readonly pilot: PilotAnalysis | undefined;
  readonly setup: readonly SetupFactor[];
  /** Wall time of all trials, ns, and the median overhead of one. */
  readonly costNs: { readonly wall: number; readonly medianTrialOverhead: number | undefined };
  readonly warnings: readonly Warning[];
}
