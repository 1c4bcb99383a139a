// The part of an analysis that is about ladders of connections: their rungs, and whether those lie on a line. Pure values,
// saved within analysis.json.

import type { Rung } from '../../contract/ladder.ts';

/** Median over ladders with the lowest and the highest of them. */
export interface LadderRange {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Medians over the ladders of an arm; undefined where no ladder has the value. */
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
  /** Of one CPU. */
  readonly cpuShare: number | undefined;
  readonly utilisation: number | undefined;
}

/** The line of medians: slope in bytes a connection, intercept in bytes over rung 0. */
export interface LadderLine {
  readonly slope: number;
  readonly intercept: number;
}

export interface LadderArm {
  readonly arm: string;
  readonly ladders: number;
  /** R² of the line of retained memory, the kernel's part included: over ladders, and how many of them are bent. Undefined without lines. */
  readonly straightness: { readonly median: number; readonly lowest: number; readonly bent: number } | undefined;
  readonly idle: LadderLine | undefined;
  readonly streaming: LadderLine | undefined;
  /** In the order in which they were climbed, rung 0 first. */
  readonly rungs: readonly RungSummary[];
}

export interface LadderAnalysis {
  /** Arms with a ladder that was measured, in the order of the plan. */
  readonly arms: readonly LadderArm[];
  /** Whether the kernel said what it holds, of either kind, in every ladder. */
  readonly hasSlabs: boolean;
  readonly hasSocketMemory: boolean;
}
