// The lanes of a session on the client: what carries its frames both ways. Each transport has its
// own; all of them are raw sockets of one engine.

import type { Frame } from '../../bench/contract/duplex-frames.ts';
import type { Instant } from '../../bench/contract/units.ts';
import type { ServerPlace } from '../stream-client.ts';
import type { StreamFailure } from '../stream-failure.ts';
import type { LaneCount } from './lane-bytes.ts';

export interface LaneEvents {
  /** A frame, or the large message; its content is only valid during the call. */
  readonly frame: (frame: Frame, at: Instant) => void;
  /** A frame was handed to the socket. */
  readonly sent: (frame: Frame) => void;
  /** Both directions have ended in order. */
  readonly done: () => void;
  readonly failed: (failure: StreamFailure) => void;
}

export interface LaneOptions {
  readonly server: ServerPlace;
  readonly path: string;
  readonly now: () => Instant;
  /** All sockets of the process read into it. */
  readonly buffer: Buffer;
  readonly up: LaneCount;
  readonly down: LaneCount;
  readonly events: LaneEvents;
}

export interface Lanes {
  /** Sends a frame, or keeps it until it can be sent. */
  readonly send: (frame: Frame) => void;
  /** Drops frames that still wait, says that no more come, and returns how many were dropped. */
  readonly endUp: () => number;
  /** Closes all sockets at once. */
  readonly close: () => void;
}

export type OpenLanes = (options: LaneOptions) => Lanes;
