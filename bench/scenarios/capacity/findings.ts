// The part of an analysis that scenario `capacity` adds, besides its metrics: the constraints that
// loads beyond the answers missed, the path of each search, the load–latency curve, and whether the
// load generator could have carried more.

import type { Constraint, SearchEnd, SearchStep } from '../../contract/search.ts';

export interface SearchPath {
  readonly trial: number;
  readonly block: number;
  readonly isBurnIn: boolean;
  /** True when measured again because the machine disturbed the first measurement of its block. */
  readonly isRepeat: boolean;
  readonly arm: string;
  readonly steps: readonly {
    readonly streams: number;
    readonly failed: readonly Constraint[];
    /** True when the machine disturbed the step: it was measured again and not used. */
    readonly isDisturbed: boolean;
  }[];
  readonly end: SearchEnd;
  readonly lowerStreams: number | undefined;
  readonly upperStreams: number | undefined;
}

/** The searches of one arm in measured blocks, those that count. */
export interface ArmCapacity {
  readonly arm: string;
  readonly searches: number;
  readonly ends: Readonly<Record<SearchEnd, number>>;
  /** Number of searches in which the load above the answer failed by each constraint. */
  readonly failedBy: Readonly<Record<Constraint, number>>;
  /** Means over the steps beyond the answers that failed; undefined without one. */
  readonly beyond:
    | { readonly serverUtilisation: number; readonly clientUtilisation: number }
    | undefined;
  /**
   * Geometric mean of all answers, including those that only say "at least"; undefined without one.
   */
  readonly lowerStreams: number | undefined;
}

export interface CapacityCurve {
  readonly arm: string;
  /** Steps in order of load. */
  readonly steps: readonly SearchStep[];
}

export interface ClientProof {
  readonly step: SearchStep;
  /** Load of the step as a multiple of the highest answer of any arm. */
  readonly timesBest: number;
  /** True when no gate of the load generator was missed. */
  readonly isPassed: boolean;
}

export interface CapacityAnalysis {
  readonly arms: readonly ArmCapacity[];
  /** Paths in run order, burn-in and repetitions included. */
  readonly paths: readonly SearchPath[];
  /** Empty until all searches have ended. */
  readonly curves: readonly CapacityCurve[];
  readonly proof: ClientProof | undefined;
}

/** The part of an analysis that only this scenario has. */
export interface CapacityFindings {
  readonly capacity: CapacityAnalysis;
}
