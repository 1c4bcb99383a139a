// The two control events that frame every stream: `open` before the first token, `done` after the
// last. Their fields are equal on every transport; SSE names them with `event:`, the others with a
// leading `"type"`, which no token payload has.

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
  /** SHA-256 (hex) of the stream's text; where tokens are bytes, of the hashes of its chunks. */
  readonly sha256: string;
  /** `cancelled`: the client stopped the stream, and `n` tokens are all that it had. */
  readonly finish: 'stop' | 'cancelled';
}

/** The buffer does not reach back to the requested token; the stream goes on with `from`. */
export interface GapEvent {
  /**
   * The first token that is missing, and the first that follows: tokens [missing, from) will not
   * come.
   */
  readonly missing: number;
  readonly from: number;
}

/** Beginning of every message that is not a token, on transports without event names. */
export const CONTROL_PREFIX = '{"type":"';

export function renderTyped(
  type: 'open' | 'done' | 'stream-error' | 'bye' | 'gap',
  fields: object,
): string {
  return JSON.stringify({ type, ...fields });
}

/**
 * Four characters, fixed by the seed: an id must not make two repetitions of a stream differ in
 * length.
 */
export function streamEpoch(streamSeed: number): string {
  return createHash('sha256')
    .update(`epoch ${streamSeed}`)
    .digest('base64url')
    .replaceAll(/[-_]/g, 'x')
    .slice(0, 4);
}

/** The reconnection time sent with the SSE `open` event, ms. */
export const SSE_RETRY_MS = 1000;

/**
 * Position of a receiver in a stream: SSE's `id` and `Last-Event-ID`, and `after` of a WebSocket's
 * `resume`.
 */
export interface Cursor {
  readonly epoch: string;
  /** Sequence number of the last token received; 0 before the first. */
  readonly sequence: number;
}

export function renderCursor({ epoch, sequence }: Cursor): string {
  return `${epoch}.${sequence}`;
}

/** Longest id; anything longer is not one of ours and is not parsed. */
const MAX_CURSOR_CHARACTERS = 32;

/** Returns undefined for anything that `renderCursor` cannot have made. */
export function parseCursor(text: string): Cursor | undefined {
  if (text.length > MAX_CURSOR_CHARACTERS) return undefined;
  const [, epoch, sequence] = /^([A-Za-z0-9]{4})\.(0|[1-9]\d{0,8})$/.exec(text) ?? [];
  return epoch === undefined || sequence === undefined
    ? undefined
    : { epoch, sequence: Number(sequence) };
}

/** The first message of a resuming WebSocket client; the server sends nothing before it. */
export function renderResume(cursor: Cursor): string {
  return JSON.stringify({ type: 'resume', after: renderCursor(cursor) });
}

/**
 * The JSON body of a POST that asks for a stream, in the form that the APIs of language models
 * have. The stream's id is in the request target and is the client's own, so that a POST which is
 * sent twice begins one generation.
 */
export function renderStreamRequest(after?: string): string {
  return JSON.stringify({
    model: 'streamduel',
    messages: [{ role: 'user', content: 'Go on.' }],
    stream: true,
    ...(after !== undefined && { after }),
  });
}

/** Query in a WebSocket's request target: the server waits for the client's `resume`. */
export const RESUME_QUERY = 'resume=1';

/**
 * Path of a WebSocket that carries stream after stream: the client names each, and the next once
 * the last has sent `done`.
 */
export const SESSION_PATH = '/v1/ws';

/** The message that requests a stream on such a WebSocket. */
export function renderStart(streamId: string): string {
  return JSON.stringify({ type: 'start', id: streamId });
}

/** Path of a WebSocket that several streams share, each on a lane of its own. */
export const MUX_PATH = '/v1/ws-mux';

/**
 * Length of a lane's number at the beginning of each message of the server on such a WebSocket: in
 * base 36, led by zeros. A fixed length lets a receiver find the payload without reading the number,
 * and gives every lane the same bytes.
 */
export const LANE_CHARACTERS = 2;

/** Lanes that can be told apart by so many characters. */
export const MOST_LANES = 36 ** LANE_CHARACTERS;

export function renderLane(lane: number): string {
  return lane.toString(36).padStart(LANE_CHARACTERS, '0');
}

/** The message that requests a stream on a lane of a shared WebSocket. */
export function renderLaneStart(lane: number, streamId: string): string {
  return JSON.stringify({ type: 'start', id: streamId, lane });
}

/** The message that stops the stream of a WebSocket, as `POST cancelPathOf(…)` does for any other. */
export const CANCEL_MESSAGE = JSON.stringify({ type: 'cancel' });

export function cancelPathOf(streamId: string): string {
  return `/v1/streams/${streamId}/cancel`;
}

/** Longest input to a stream that runs: it becomes one token. */
export const MOST_STEER_CHARACTERS = 1000;

/** The JSON of an input to a stream that runs: the body of `POST steerPathOf(…)`. */
export function renderSteer(text: string): string {
  return JSON.stringify({ text });
}

/** The same as a message of a WebSocket. */
export function renderSteerMessage(text: string): string {
  return JSON.stringify({ type: 'steer', text });
}

export function steerPathOf(streamId: string): string {
  return `/v1/streams/${streamId}/steer`;
}

/** The text of an input that was received; undefined for anything else than `renderSteer` makes. */
export function steerTextOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('text' in value)) return undefined;
  const { text } = value;
  return typeof text === 'string' && text.length >= 1 && text.length <= MOST_STEER_CHARACTERS
    ? text
    : undefined;
}

/** The message that gives a stream up whose lane this is. */
export function renderLaneCancel(lane: number): string {
  return JSON.stringify({ type: 'cancel', lane });
}

/**
 * Word after the path in the null arm's request line: the connection is kept for another stream.
 */
export const KEEP_WORD = 'keep';

/** Close codes (RFC 6455 §7.4 and the range 4000–4999 for applications). */
export const closeCodes = {
  normal: 1000,
  badRequest: 1008,
  restart: 1012,
  overload: 1013,
  unknownStream: 4404,
  replaced: 4409,
} as const;
