// The part of an analysis that is about one subscriber who does not read. Pure values, saved within analysis.json.

import type { LoadPoint } from '../contract/run-file.ts';
import type { Estimate } from './analysis.ts';

/** One metric of one arm, held against itself: all subscribers read, and one of them does not; paired over blocks. */
export interface StoppedSubscriberEffect {
  readonly metric: string;
  readonly arm: string;
  readonly without: Estimate | undefined;
  readonly withStopped: Estimate | undefined;
  /** withStopped/without; undefined where a value is not positive. */
  readonly ratio: Estimate | undefined;
  readonly blocks: number;
}

export interface StoppedSubscriber {
  /** The one with the stopped subscriber; the other is the same without. */
  readonly loadPoint: LoadPoint;
  readonly effects: readonly StoppedSubscriberEffect[];
  /** Trials with a stopped subscriber, and those of them in which its socket was full in the end. */
  readonly trials: number;
  readonly blockedTrials: number;
}

export interface FanoutAnalysis {
  readonly stopped: readonly StoppedSubscriber[];
}
