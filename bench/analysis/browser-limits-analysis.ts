// The part of an analysis that is about what one browser opens. Pure values, saved within analysis.json.

import type { LoadPoint } from '../contract/run-file.ts';

/** What one arm's trials counted, one value a trial, and what they timed, the median over trials. */
export interface ArmBrowserLimits {
  readonly arm: string;
  /** Names and versions, each once. */
  readonly browsers: readonly string[];
  readonly trials: number;
  /** Of one tab. */
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
    /** Of each. */
    readonly asked: number;
    readonly opened: readonly (readonly [number, number])[];
    /** Whether both together opened no more than one alone; undefined where that met no limit, too few were asked for to tell, or trials disagree. */
    readonly isShared: boolean | undefined;
    /** Trials in which the second tab had a stream that waited, and one that failed. */
    readonly secondWaits: number;
    readonly secondFails: number;
  };
}

/** In how many trials the first stream that did not open waited, failed, and was served once another was closed. */
export interface NextStream {
  readonly waits: number;
  readonly fails: number;
  /** How those failed, each once. */
  readonly how: readonly string[];
  readonly served: number;
  readonly servedAfterNs: number | undefined;
}

export interface BrowserLimitsAnalysis {
  readonly loadPoint: LoadPoint;
  readonly arms: readonly ArmBrowserLimits[];
}
