// The parts of an analysis that only scenario `own-servers` has: why streams were not whole, what they
// spoke, and whether the arms brought the same text.

/** Over all trials of an arm at a load point. */
export interface ArmStreams {
  readonly arm: string;
  readonly streams: number;
  readonly whole: number;
  readonly dropped: number;
  /** Most frequent first. */
  readonly causes: readonly {
    readonly cause: string;
    readonly count: number;
    readonly example: string;
  }[];
  readonly dialects: readonly string[];
  readonly httpVersions: readonly string[];
  readonly notCheckable: readonly string[];
}

export interface TargetStreamsAnalysis {
  readonly arms: readonly ArmStreams[];
  /** Blocks in which all arms brought whole streams, and those with equal texts among them. */
  readonly comparableBlocks: number;
  readonly equalTexts: number;
}

export interface TargetFindings {
  readonly target: readonly TargetStreamsAnalysis[];
}
