// What scenario `capacity` adds to an analysis, besides its metrics: what the loads beyond the answers failed by, the path of
// each search, the load–latency curve, and whether the load generator could have carried more.

import type { Constraint, SearchEnd, SearchStep } from '../../contract/search.ts';

export interface SearchPath {
  readonly trial: number;
  readonly block: number;
  readonly isBurnIn: boolean;
  /** Measured again because the machine disturbed the first measurement of its block. */
  readonly isRepeat: boolean;
  readonly arm: string;
  readonly steps: readonly {
    readonly streams: number;
    readonly failed: readonly Constraint[];
    /** The machine disturbed it: it was measured again, and not heeded. */
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
  /** In how many searches the load above the answer failed by each. */
  readonly failedBy: Readonly<Record<Constraint, number>>;
  /** Means over the steps beyond the answers that failed; undefined without one. */
  readonly beyond: { readonly serverUtilisation: number; readonly clientUtilisation: number } | undefined;
  /** Geometric mean of all answers, those that only say "at least" among them; undefined without one. */
  readonly lowerStreams: number | undefined;
}

export interface CapacityCurve {
  readonly arm: string;
  /** In order of load. */
  readonly steps: readonly SearchStep[];
}

export interface ClientProof {
  readonly step: SearchStep;
  /** Of the highest answer of any arm. */
  readonly timesBest: number;
  /** No gate of the load generator was missed. */
  readonly isPassed: boolean;
}

export interface CapacityAnalysis {
  readonly arms: readonly ArmCapacity[];
  /** In run order, burn-in and repetitions included. */
  readonly paths: readonly SearchPath[];
  /** Empty as long as the searches are not over. */
  readonly curves: readonly CapacityCurve[];
  readonly proof: ClientProof | undefined;
}
