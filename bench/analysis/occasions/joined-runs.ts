// The result of joining runs of several occasions: what `join --format json` prints and the report
// is made from. Pure values.

import type { Environment, LoadPoint } from '../../contract/run-file.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { MetricUnit } from '../metrics/metric.ts';
import type { Verdict } from '../analysis.ts';
import type { Margin } from '../metrics/metric.ts';
import type { RunIdentity } from '../across/run-comparison.ts';
import type { Condition, ConditionName } from './conditions.ts';

export interface JoinedRuns {
  readonly schema: 1;
  readonly kind: 'joined-runs';
  readonly streamduel: string;
  readonly environment: Environment;
  readonly main: JoinedCondition;
  readonly variations: readonly (JoinedCondition & { readonly varies: ConditionName })[];
  /** One row for each endpoint, arm and load point; empty when nothing was varied. */
  readonly sensitivity: readonly SensitivityRow[];
  /**
   * One sentence on the conditions that the verdicts were checked against, and those that they were
   * not.
   */
  readonly checked: string;
  readonly warnings: readonly string[];
}

export interface JoinedCondition {
  readonly condition: Condition;
  readonly runs: readonly RunIdentity[];
  readonly comparisons: readonly JoinedComparison[];
}

/** Arms without the path that all arms of a condition share: the condition states it. */
export interface ComparedArms {
  readonly baselineTitle: string;
  readonly otherArm: string;
  readonly otherTitle: string;
  /** Zone of practical equivalence. */
  readonly margin: Margin;
}

/** Another arm against the baseline at one load point, over all occasions of a condition. */
export interface JoinedComparison extends ComparedArms {
  readonly loadPoint: LoadPoint;
  readonly metric: string;
  readonly title: string;
  readonly unit: MetricUnit;
  /** P1… for declared endpoints; undefined for counted metrics. */
  readonly endpoint: string | undefined;
  readonly occasions: readonly OccasionResult[];
  /**
   * Estimate over the occasions; `trials` is their number. Without an interval when there is only
   * one.
   */
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  /**
   * Deviations of the logarithm of the ratio, or of the difference in the metric's unit; undefined
   * with fewer than two occasions.
   */
  readonly spread:
    | {
        readonly scale: 'ratio' | 'difference';
        readonly between: number;
        readonly within: number | undefined;
      }
    | undefined;
  /** p of the t-test over occasions. */
  readonly p: number | undefined;
  readonly adjustedP: number | undefined;
  readonly tostP: number | undefined;
  readonly adjustedTostP: number | undefined;
  readonly verdict: Verdict;
  /**
   * Occasions that would resolve the margin, given how these differ; undefined when unknown or not
   * needed.
   */
  readonly occasionsNeeded: number | undefined;
  readonly sentence: string;
}

/** The result of one run by itself. */
interface OccasionResult {
  readonly folder: string;
  readonly blocks: number;
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  readonly verdict: Verdict;
}

export interface SensitivityRow extends ComparedArms {
  readonly loadPoint: LoadPoint;
  readonly metric: string;
  readonly title: string;
  readonly unit: MetricUnit;
  /** The main condition first. */
  readonly cells: readonly SensitivityCell[];
}

export interface SensitivityCell {
  /** undefined for the main condition. */
  readonly varies: ConditionName | undefined;
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  /**
   * The verdict over all occasions if there are enough of them for one, else those of the single
   * runs.
   */
  readonly verdicts: readonly Verdict[];
  /**
   * Result against the main condition: the same claim, another one, or no claim on one of the two
   * sides; undefined for itself.
   */
  readonly outcome: 'kept' | 'changed' | 'open' | undefined;
}
