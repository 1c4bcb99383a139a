// The part of an analysis about the streams that one browser opens. Pure values, saved within
// analysis.json.

import type { LoadPoint } from '../../contract/run-file.ts';

/** Counts of one arm's trials, one value per trial, and times, the median over trials. */
export interface ArmBrowserLimits {
  readonly arm: string;
  /** Names and versions of the browsers, each once. */
  readonly browsers: readonly string[];
  readonly trials: number;
  /** Streams requested in one tab. */
  readonly asked: number;
  readonly opened: readonly number[];
  readonly spanNs: number | undefined;
  readonly next: NextStream;
  readonly requests: {
    readonly beforeNs: number | undefined;
    readonly whileOpenNs: number | undefined;
    /** Trials in which the request had to wait for the closing of a stream. */
    readonly waited: number;
    readonly afterClosingNs: number | undefined;
    readonly afterNs: number | undefined;
  };
  readonly atOnce: {
    readonly opened: readonly number[];
    readonly waiting: readonly number[];
    readonly failed: readonly number[];
    readonly spanNs: number | undefined;
  };
  readonly tabs: {
    /** Streams requested in each of the two tabs. */
    readonly asked: number;
    readonly opened: readonly (readonly [number, number])[];
    /**
     * Whether both opened no more than one alone; undefined when one met no limit, too few were
     * requested or trials disagree.
     */
    readonly isShared: boolean | undefined;
    /** Trials in which the second tab had a stream that waited, and one that failed. */
    readonly secondWaits: number;
    readonly secondFails: number;
  };
}

/**
 * Numbers of trials in which the first stream that did not open waited, failed, and was served once
 * another was closed.
 */
export interface NextStream {
  readonly waits: number;
  readonly fails: number;
  /** Ways in which those failed, each once. */
  readonly how: readonly string[];
  readonly served: number;
  readonly servedAfterNs: number | undefined;
}

export interface BrowserLimitsAnalysis {
  readonly loadPoint: LoadPoint;
  readonly arms: readonly ArmBrowserLimits[];
}

/** The part of an analysis that only this scenario has. */
export interface BrowserLimitsFindings {
  /** One per load point. */
  readonly browserLimits: readonly BrowserLimitsAnalysis[];
}
