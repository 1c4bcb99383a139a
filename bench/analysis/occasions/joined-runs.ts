// The result of joining runs of several occasions: what `join --format json` prints and the report is made from. Pure values.

import type { Environment, LoadPoint } from '../../contract/run-file.ts';
import type { Estimate, MetricUnit, Verdict } from '../analysis.ts';
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
  /** One for each endpoint, arm and load point; empty where nothing was varied. */
  readonly sensitivity: readonly SensitivityRow[];
  /** What the verdicts were checked against and what not, in one sentence. */
  readonly checked: string;
  readonly warnings: readonly string[];
}

export interface JoinedCondition {
  readonly condition: Condition;
  readonly runs: readonly RunIdentity[];
  readonly comparisons: readonly JoinedComparison[];
}

/** Without the path that all arms of a condition have: the condition says it. */
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
  /** P1… for declared endpoints; undefined for what is counted. */
  readonly endpoint: string | undefined;
  readonly occasions: readonly OccasionResult[];
  /** Over the occasions; `trials` is their number. Without an interval where there is but one. */
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  /** Of the logarithm of the ratio, or of the difference in the metric's unit; undefined with fewer than two occasions. */
  readonly spread: { readonly scale: 'ratio' | 'difference'; readonly between: number; readonly within: number | undefined } | undefined;
  /** Of the t-test over occasions. */
  readonly p: number | undefined;
  readonly adjustedP: number | undefined;
  readonly tostP: number | undefined;
  readonly adjustedTostP: number | undefined;
  readonly verdict: Verdict;
  /** Occasions that would resolve the margin, given how these differ; undefined where unknown or not needed. */
  readonly occasionsNeeded: number | undefined;
  readonly sentence: string;
}

/** What one run found by itself. */
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
  /** Undefined for the main condition. */
  readonly varies: ConditionName | undefined;
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  /** That over all occasions where there are enough of them for one, else those of the single runs. */
  readonly verdicts: readonly Verdict[];
  /** Against the main condition: the same claim, another one, or no claim on one of the two sides. Undefined for itself. */
  readonly outcome: 'kept' | 'changed' | 'open' | undefined;
}
