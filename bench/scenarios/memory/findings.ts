// The part of an analysis about ladders of connections: their rungs, and whether those lie on a
// line. Pure values, saved within analysis.json.

import type { Rung } from '../../contract/ladder.ts';

/** Median over ladders with the lowest and the highest of them. */
export interface LadderRange {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Medians over the ladders of an arm; undefined when no ladder has the value. */
export interface RungSummary {
  readonly connections: number;
  readonly way: Rung['way'];
  /** Private memory of the servers after collections, over that of rung 0 of the same ladder. */
  readonly idleBytes: LadderRange | undefined;
  /** The same while the rung streamed, over that of rung 0 at rest. */
  readonly streamingBytes: LadderRange | undefined;
  readonly ussBytes: number | undefined;
  readonly pssBytes: number | undefined;
  readonly rssBytes: number | undefined;
  readonly heapUsedBytes: number | undefined;
  readonly externalBytes: number | undefined;
  readonly kernelBytes: number | undefined;
  readonly tokensPerSecond: number | undefined;
  /** CPU time as a share of one CPU. */
  readonly cpuShare: number | undefined;
  readonly utilisation: number | undefined;
}

/** The line of medians: slope in bytes per connection, intercept in bytes over rung 0. */
export interface LadderLine {
  readonly slope: number;
  readonly intercept: number;
}

export interface LadderArm {
  readonly arm: string;
  readonly ladders: number;
  /**
   * R² of the line of retained memory, with the kernel's part, over ladders, and the number of bent
   * ones; undefined without lines.
   */
  readonly straightness:
    | { readonly median: number; readonly lowest: number; readonly bent: number }
    | undefined;
  readonly idle: LadderLine | undefined;
  readonly streaming: LadderLine | undefined;
  /** Rungs in the order in which they were climbed, rung 0 first. */
  readonly rungs: readonly RungSummary[];
}

export interface LadderAnalysis {
  /** Arms with a ladder that was measured, in the order of the plan. */
  readonly arms: readonly LadderArm[];
  /** Whether the kernel reported its memory of either kind in every ladder. */
  readonly hasSlabs: boolean;
  readonly hasSocketMemory: boolean;
}

/** The part of an analysis that only this scenario has. */
export interface MemoryFindings {
  readonly ladders: LadderAnalysis;
}
