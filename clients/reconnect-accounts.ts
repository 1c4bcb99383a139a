// Events that reconnecting streams report, and how they can end.

import { closeCodes } from '../bench/contract/control-events.ts';
import type { Instant } from '../bench/contract/units.ts';
import type { ControlType, SocketCount } from './stream-client.ts';

/**
 * `done`: the server sent it. `stopped`: there is nothing to resume. `given-up`: the policy forbids
 * another attempt.
 */
export type Ending = 'done' | 'stopped' | 'given-up';

/** Called for every event, once each, with the stamp of the event. */
export interface ReconnectAccounts {
  /** `resumeAfter` of the next connection; undefined before the stream's first event. */
  cursor: (stream: number) => string | undefined;
  attempted: (stream: number, at: Instant) => void;
  /**
   * An attempt of a client stack that reconnects by itself: it is only visible by how it ends, at
   * `at`.
   */
  attemptSeen: (stream: number, at: Instant) => void;
  connected: (stream: number, at: Instant) => void;
  accepted: (stream: number, at: Instant) => void;
  attemptFailed: (stream: number, cause: string, at: Instant) => void;
  lost: (stream: number, cause: string, at: Instant) => void;
  tokenBytes: (stream: number, buffer: Buffer, start: number, end: number, at: Instant) => void;
  tokenText: (stream: number, payload: string, at: Instant) => void;
  control: (stream: number, type: ControlType, text: string, at: Instant) => void;
  stopsReading: (stream: number, at: Instant) => void;
  readsAgain: (stream: number, at: Instant) => void;
  /** @param cause Why the stream was stopped or given up. */
  over: (stream: number, ending: Ending, cause: string) => void;
  /** Bytes of a connection that ended in good order after `done`. */
  counted: (count: SocketCount) => void;
}

/**
 * Causes that mean that the server does not know the stream, or has nothing left of it: SSE,
 * WebSocket, null arm.
 */
const stopCauses: ReadonlySet<string> = new Set([
  'http-204',
  `closed-${closeCodes.unknownStream}`,
  'stream-error-404',
]);

export function isStop(cause: string): boolean {
  return stopCauses.has(cause);
}
