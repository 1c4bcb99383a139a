// What runs say of a claim: the evidence, what each meaning is by it, and the verdict. Pure values.

import type { CodeMeasure } from '../contract/code-measure.ts';
import type { LoadPoint } from '../contract/load-point.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import type { Analysis } from '../analysis/analysis.ts';
import type { Metric, MetricUnit } from '../analysis/metrics/metric.ts';
import type { Estimate } from '../analysis/statistics/estimate.ts';
import type { Claim, Meaning } from './claim.ts';

/** A run that may bear on claims. */
export interface EvidenceRun {
  /** Its folder, as it was given. */
  readonly folder: string;
  readonly analysis: Analysis;
  readonly metrics: readonly Pick<Metric, 'id' | 'title' | 'unit' | 'better'>[];
}

/**
 * What one row says of its meaning. `equal`: a difference that matters was excluded, which is
 * neither for nor against; `open`: nothing that decides it was shown; `void`: a check failed, so
 * that the numbers cannot be trusted.
 */
export type Bearing = 'supports' | 'refutes' | 'equal' | 'open' | 'void';

export interface PairTitles {
  readonly baseline: string;
  readonly other: string;
}

/** Means of a metric that has no verdict, over the blocks of a sign test. */
export interface BlockMeans {
  readonly unit: MetricUnit;
  readonly higher: number | undefined;
  readonly lower: number | undefined;
}

export type Figure =
  | { readonly kind: 'ratio'; readonly titles: PairTitles; readonly estimate: Estimate }
  | {
      readonly kind: 'difference';
      readonly titles: PairTitles;
      readonly estimate: Estimate;
      readonly unit: MetricUnit;
    }
  /** It was so in `held` of `of`; the interval is of that share. */
  | {
      readonly kind: 'share';
      readonly held: number;
      readonly of: number;
      readonly low: number;
      readonly high: number;
      readonly counted: Counted;
      /** Of the arm that the meaning says is higher, and of the other. */
      readonly means: BlockMeans | undefined;
    }
  | { readonly kind: 'code'; readonly less: CodeCount; readonly than: CodeCount };

/** One program is counted, or several together; files that they share count once. */
export interface CodeCount {
  readonly title: string;
  readonly lines: number;
  readonly branches: number;
}

export interface RunPlace {
  readonly kind: 'run';
  readonly folder: string;
  readonly scenario: ScenarioId;
  readonly loadPoint: LoadPoint;
  /** The metric, or the part of the findings. */
  readonly endpoint: string;
  readonly arms: readonly string[];
}

interface CodePlace {
  readonly kind: 'code';
  /** `client event-source` */
  readonly programs: readonly string[];
  readonly measuredAt: string;
}

/** The unit of a share. */
export type Counted = 'trials' | 'blocks' | 'proxies';

export interface Evidence {
  readonly bearing: Bearing;
  /** Why it decides nothing; undefined where it does. */
  readonly reason: string | undefined;
  readonly figure: Figure | undefined;
  /** Under which conditions it was measured: `Reset, 100 connections`. */
  readonly condition: string;
  readonly place: RunPlace | CodePlace;
}

export type MeaningBearing = 'supports' | 'refutes' | 'equal' | 'mixed' | 'open';

export interface MeaningReading {
  readonly meaning: Meaning;
  readonly bearing: MeaningBearing;
  readonly evidence: readonly Evidence[];
}

export type ClaimVerdict = 'supported' | 'refuted' | 'depends' | 'open';

export interface ClaimReading {
  readonly claim: Claim;
  readonly verdict: ClaimVerdict;
  /** On what it depends, or where it holds, or what is missing: clauses without a full stop. */
  readonly condition: string;
  /** The same without loads and faults, for where width is scarce. */
  readonly briefCondition: string;
  readonly meanings: readonly MeaningReading[];
  /** Tests between arms that bear on the claim; each must hold beside the others. */
  readonly tests: number;
}

/** What a scenario counts for a question, from its analysis. */
export interface Answer {
  readonly loadPoint: LoadPoint;
  readonly condition: string;
  readonly endpoint: string;
  /** Names of the arms that it is about: a missed gate of theirs voids it. */
  readonly arms: readonly string[];
  /** Trials, or proxies, for which the meaning held, of those that could show it. */
  readonly held: number;
  readonly of: number;
  /** Trials when absent. */
  readonly counted?: 'trials' | 'proxies';
}

/** A scenario's answers to the questions that claims ask it, by their names. */
export type ScenarioEvidence = Readonly<Record<string, (analysis: Analysis) => readonly Answer[]>>;

export type EvidenceByScenario = { readonly [Scenario in ScenarioId]?: ScenarioEvidence };

/** These answer claims besides verdicts. */
export interface Answers {
  readonly scenarios: EvidenceByScenario;
  readonly code?: CodeMeasure | undefined;
}
