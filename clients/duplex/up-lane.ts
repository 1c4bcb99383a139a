// The lane of a session that leads up over HTTP, beside the event stream that leads down.

import type { StreamFailure } from '../stream-failure.ts';
import type { LaneOptions, Lanes } from './lanes.ts';

export interface UpLaneOptions extends LaneOptions {
  /** The server has taken all frames. */
  readonly ended: () => void;
  readonly failed: (failure: StreamFailure) => void;
}

export type UpLane = Lanes;

export type OpenUpLane = (options: UpLaneOptions) => UpLane;

export const FRAME_TYPE = 'application/octet-stream';
