// The part of an analysis about the opening of streams. Pure values, saved within analysis.json.

import type { LoadPoint } from '../../contract/run-file.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import type { QuantileCurve } from '../../analysis/analysis.ts';

/** Streams of an arm that failed, by cause, over all its trials. */
export interface StormFailure {
  readonly arm: string;
  readonly cause: string;
  readonly count: number;
  /** Streams of all trials, failed or not. */
  readonly streams: number;
  readonly example: string;
}

export interface StormAnalysis {
  readonly loadPoint: LoadPoint;
  /** Curves of open latency over the streams that were received whole. */
  readonly curves: readonly QuantileCurve[];
  readonly failures: readonly StormFailure[];
}

/**
 * One metric of one arm, compared with itself: each stream on a new connection, and on a kept one;
 * paired over blocks.
 */
export interface KeptEffect {
  readonly metric: string;
  readonly arm: string;
  readonly cold: Estimate | undefined;
  readonly warm: Estimate | undefined;
  /** cold − warm. */
  readonly saved: Estimate | undefined;
  readonly blocks: number;
}

/**
 * One metric of one arm over TLS, compared with itself: each stream on a new connection with a whole
 * handshake, and on one that resumed a session; paired over blocks.
 */
export interface ResumedEffect {
  readonly metric: string;
  readonly arm: string;
  readonly whole: Estimate | undefined;
  readonly resumed: Estimate | undefined;
  /** On a kept connection, of the blocks that have one. */
  readonly kept: Estimate | undefined;
  /** whole − resumed. */
  readonly saved: Estimate | undefined;
  readonly blocks: number;
}

export interface ConnectAnalysis {
  readonly storms: readonly StormAnalysis[];
  readonly kept: readonly KeptEffect[];
  /** Absent for a run without TLS. */
  readonly resumed?: readonly ResumedEffect[];
}

/** The part of an analysis that only this scenario has. */
export interface ConnectFindings {
  readonly connect: ConnectAnalysis;
}
