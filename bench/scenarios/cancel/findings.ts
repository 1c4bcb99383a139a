// What the analysis of scenario `cancel` adds: every way of every arm, with or without a counterpart.

import type { StopKind, StopWay } from '../../contract/arms/stop-ways.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { StreamState } from '../../contract/told-streams.ts';

export interface StopCellFinding {
  /** Absent for loopback, or for the path of the arms. */
  readonly roundTripNs?: number;
  readonly arm: string;
  readonly transport: TransportId;
  readonly way: StopWay;
  /** Absent for a way that has no counterpart in other transports. */
  readonly kind?: StopKind;
  readonly state: StreamState;
  /** Streams that were stopped, over all trials, and those of which the server did not learn. */
  readonly stopped: number;
  readonly unnoticed: number;
  readonly failed: number;
  readonly example?: string;
  /** Medians over trials; absent where no trial has a value. */
  readonly latencyNs?: number;
  readonly roundTrips?: number;
  readonly vainTokens?: number;
  readonly vainBytes?: number;
  readonly sentBytes?: number;
}

export interface CancelFindings {
  readonly stops: readonly StopCellFinding[];
}
