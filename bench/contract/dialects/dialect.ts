// A dialect says what the messages of a stream mean: which carry text and of which channel, what
// ends the generation, what is an error or a ping. It also judges whether a stream arrived whole,
// by the means that the dialect gives to a client that does not know what was sent.

import type { DialectId } from './dialect-ids.ts';

/** One message of the wire as a framer hands it on: an SSE event, a line of NDJSON, a WebSocket message. */
export interface WireEvent {
  /** The `event` field of an SSE event; absent where there is none. */
  readonly name?: string;
  /** The `id` field of this SSE event. */
  readonly id?: string;
  /** Its text; for a binary WebSocket message its bytes as latin1 with isBinary. */
  readonly data: string;
  readonly isBinary?: true;
}

export type Framing = 'event-stream' | 'lines' | 'messages';

export type Channel = 'content' | 'reasoning' | 'tool' | 'refusal' | 'audio';

export type Sign =
  | { readonly kind: 'token'; readonly channel: Channel; readonly text: string }
  /** The event says that the generation has this many tokens so far, where the dialect tells. */
  | { readonly kind: 'usage'; readonly outputTokens: number | undefined }
  /** The generation is finished (finish_reason, stop_reason, response.completed, done:true). */
  | { readonly kind: 'finish'; readonly reason: string | undefined; readonly isFailed?: true }
  /** Nothing follows ([DONE], message_stop). */
  | { readonly kind: 'terminator' }
  | { readonly kind: 'error'; readonly code: string | undefined; readonly message: string }
  | { readonly kind: 'ping' }
  /** Known and without text: the chunk with the role, the start of a part. */
  | { readonly kind: 'structure' }
  /** Not of this dialect, or not readable as it: a cause in words. */
  | { readonly kind: 'foreign'; readonly why: string };

/** The transport ended in this way. */
export type TransportEnd =
  /** The last chunk, END_STREAM, the Content-Length reached, close 1000. */
  | { readonly kind: 'in-order' }
  /** The end of a body without framing that says it is whole: allowed, but no proof. */
  | { readonly kind: 'closed'; readonly why: string }
  /** The end in mid-chunk, a reset, RST_STREAM, close 1006 or 1011. */
  | { readonly kind: 'cut'; readonly why: string }
  | { readonly kind: 'timeout'; readonly why: string }
  /** The reader closed after the end that the dialect gives. */
  | { readonly kind: 'by-client' };

/**
 * 0: the transport ended in order. 1: no half event was left. 2: the end that the dialect gives
 * came, and no error. 3: the stream agrees with what it says of itself (numbers, pairs, whole text).
 */
export type Rung = 0 | 1 | 2 | 3;

export interface Completeness {
  /** The highest rung reached with all below it; undefined when not even rung 0 was. */
  readonly reached: Rung | undefined;
  /** The highest rung that this dialect lets a client check, on this stream. */
  readonly checkable: Rung;
  /** Whether `reached` is at least `checkable`. */
  readonly isWhole: boolean;
  readonly failures: readonly {
    readonly rung: Rung;
    /** A short name of the cause, such as `no-terminator`. */
    readonly cause: string;
    readonly message: string;
  }[];
  /** Each says what could not be checked and why, such as absent sequence numbers. */
  readonly notCheckable: readonly { readonly rung: Rung; readonly why: string }[];
}

/** From which a dropped stream could be continued. */
export interface Cursor {
  readonly lastEventId?: string;
  readonly startingAfter?: { readonly responseId: string; readonly sequenceNumber: number };
}

interface JudgeOptions {
  /** Whether bytes of an unfinished event were left at the end. */
  readonly hasHalfEvent: boolean;
  /** Whether the framer met bytes that are no UTF-8. */
  readonly hasInvalidUtf8?: boolean;
}

/**
 * Reads one stream of a dialect. No input makes it throw. Where a dropped stream is continued over
 * another connection, the same reader reads on, and judges by how the last one ended.
 */
export interface DialectReader {
  /** The signs of one event, in order. An event may hold several. */
  readonly read: (event: WireEvent) => readonly Sign[];
  /**
   * Whether the dialect says that nothing of this generation follows, or an error has ended it: a
   * reader may stop.
   */
  readonly isOver: () => boolean;
  readonly judge: (end: TransportEnd, options: JudgeOptions) => Completeness;
  readonly cursor: () => Cursor | undefined;
  /** The text of channel `content` so far: its first MAX_TEXT UTF-16 units, and its whole length. */
  readonly text: () => { readonly text: string; readonly length: number };
}

/** UTF-16 units of text that a reader keeps: 4 MiB. */
export const MAX_TEXT = 4 * 1024 * 1024;

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [member: string]: Json };

/**
 * A default request. `${MODEL}` and `${PROMPT}` stand for what the user asks for, `${NAME}` of any
 * other name for a variable of the environment. `fillRequest` puts in the first two.
 */
export interface DialectRequest {
  readonly model: string;
  readonly method: 'GET' | 'POST';
  /** Follows the base URL as the vendor's own tools take it, such as `http://host/v1`. */
  readonly pathSuffix: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body over HTTP; absent for GET. */
  readonly body?: Json;
  /** JSON messages that are sent after a WebSocket has opened, in order; absent where it has no such form. */
  readonly messages?: readonly Json[];
  /** Follows the base URL where a WebSocket is opened; absent where it is `pathSuffix`. */
  readonly socketPathSuffix?: string;
}

/** The answer's head and first events are seen before its dialect is known. */
export interface Seen {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly events: readonly WireEvent[];
  readonly framing: Framing;
}

export interface Dialect {
  readonly id: DialectId;
  readonly title: string;
  readonly framing: readonly Framing[];
  /** Evidence that an answer is of this dialect: 0 no, 1 it can be, 2 surely. */
  readonly matches: (seen: Seen) => 0 | 1 | 2;
  readonly open: () => DialectReader;
  /** For `probe` without a request of the user's; absent for dialects of which any GET is read. */
  readonly request?: DialectRequest;
}
