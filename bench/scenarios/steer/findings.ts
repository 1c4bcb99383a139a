// Scenario `steer` adds this to an analysis: every way of every arm, with or without a counterpart.

import type { TellWay } from '../../contract/arms/stop-ways.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { StreamState } from '../../contract/told-streams.ts';

/** Medians over trials, ns; absent where no trial supports the number. */
export interface SteerTimes {
  readonly p50Ns?: number;
  readonly p99Ns?: number;
}

export interface SteerCellFinding {
  /** Absent for loopback, or for the path of the arms. */
  readonly roundTripNs?: number;
  readonly arm: string;
  readonly transport: TransportId;
  readonly way: TellWay;
  readonly state: StreamState;
  /** Inputs that were sent, over all trials, and those that came back as a token. */
  readonly sent: number;
  readonly seen: number;
  readonly failed: number;
  readonly example?: string;
  readonly up: SteerTimes;
  readonly back: SteerTimes;
  /** Bytes that the client sent for one. */
  readonly sentBytes: number;
}

export interface SteerFindings {
  readonly steers: readonly SteerCellFinding[];
}
