// The two control events that frame every stream: `open` before the first token, `done` after the last. Their fields are
// equal on every transport; SSE names them with `event:`, the others with a leading `"type"`, which no token payload has.

import { createHash } from 'node:crypto';

export interface OpenEvent {
  readonly sid: string;
  /** Names this instance of the stream; part of SSE ids. */
  readonly epoch: string;
  /** First sequence number that follows. */
  readonly from: number;
  /** Tokens of the stream. */
  readonly n: number;
}

export interface DoneEvent {
  /** n + 1. */
  readonly s: number;
  readonly n: number;
  /** SHA-256 (hex) of the stream's text. */
  readonly sha256: string;
  readonly finish: 'stop';
}

/** Every message that is not a token begins so on transports without event names. */
export const CONTROL_PREFIX = '{"type":"';

export function renderTyped(type: 'open' | 'done' | 'stream-error' | 'bye', fields: object): string {
  return JSON.stringify({ type, ...fields });
}

/** Four characters, fixed by the seed: an id must not make two repetitions of a stream differ in length. */
export function streamEpoch(streamSeed: number): string {
  return createHash('sha256').update(`epoch ${streamSeed}`).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, 4);
}

/** The reconnection time sent with the SSE `open` event, ms. */
export const SSE_RETRY_MS = 1000;
