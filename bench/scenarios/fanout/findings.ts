// The part of an analysis about one subscriber that does not read. Pure values, saved within
// analysis.json.

import type { LoadPoint } from '../../contract/run-file.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';

/**
 * One metric of one arm, compared with itself: all subscribers read, and one of them does not;
 * paired over blocks.
 */
export interface StoppedSubscriberEffect {
  readonly metric: string;
  readonly arm: string;
  readonly without: Estimate | undefined;
  readonly withStopped: Estimate | undefined;
  /** withStopped/without; undefined when a value is not positive. */
  readonly ratio: Estimate | undefined;
  readonly blocks: number;
}

export interface StoppedSubscriber {
  /** The load point with the stopped subscriber; the other one is the same without it. */
  readonly loadPoint: LoadPoint;
  readonly effects: readonly StoppedSubscriberEffect[];
  /**
   * Trials with a stopped subscriber, and those of them in which its socket was full at the end.
   */
  readonly trials: number;
  readonly blockedTrials: number;
}

export interface FanoutAnalysis {
  readonly stopped: readonly StoppedSubscriber[];
}

/** The part of an analysis that only this scenario has. */
export interface FanoutFindings {
  readonly fanout: FanoutAnalysis;
}
