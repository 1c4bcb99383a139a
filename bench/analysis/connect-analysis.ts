// The part of an analysis that is about streams that begin. Pure values, saved within analysis.json.

import type { LoadPoint } from '../contract/run-file.ts';
import type { Estimate, QuantileCurve } from './analysis.ts';

/** Streams of an arm that failed, by cause, over all its trials. */
export interface StormFailure {
  readonly arm: string;
  readonly cause: string;
  readonly count: number;
  /** Of all trials. */
  readonly streams: number;
  readonly example: string;
}

export interface StormAnalysis {
  readonly loadPoint: LoadPoint;
  /** Of open latency, over the streams that were received whole. */
  readonly curves: readonly QuantileCurve[];
  readonly failures: readonly StormFailure[];
}

/** One metric of one arm, held against itself: each stream on a new connection, and on a kept one; paired over blocks. */
export interface KeptEffect {
  readonly metric: string;
  readonly arm: string;
  readonly cold: Estimate | undefined;
  readonly warm: Estimate | undefined;
  /** cold − warm. */
  readonly saved: Estimate | undefined;
  readonly blocks: number;
}

export interface ConnectAnalysis {
  readonly storms: readonly StormAnalysis[];
  readonly kept: readonly KeptEffect[];
}
