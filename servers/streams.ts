// Interface of a server's streams, independent of the transport: both twins and the null arm run
// one implementation. There are two kinds: streams that end with their connections, and streams
// that outlive them.

import type { DoneEvent } from '../bench/contract/control-events.ts';
import { padTemplate, payloads, type PayloadName } from '../bench/contract/payload.ts';
import type {
  ApiMessage,
  ApiStreaming,
  PayloadTemplate,
} from '../bench/contract/payloads/payload-profile.ts';
import type { RecoverySpecification, ServerRecovery } from '../bench/contract/recovery.ts';
import type { OpenCount } from '../bench/contract/tally.ts';
import {
  hashStreamText,
  streamText,
  type OtherTexts,
  type TokenSource,
} from '../bench/contract/workload.ts';
import type { Injected } from './injected.ts';
import type { SetTimer } from './pacer.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { SteerOutcome, TakenSteer } from './steering.ts';
import type { Stalls } from './stalls.ts';
import type { TakenBytes } from './taken-bytes.ts';
import type { StreamSink } from './stream-sink.ts';
import type { OpenTokenFeed } from './token-feed.ts';

/** A server's stamps of a trial; see stamps.ts for the columns. */
export interface ServerStamps {
  /** Per stream: first statement of the handler. */
  readonly handlerNs: Float64Array;
  /**
   * Per token: start of the pacer's turn that found it due, or of the read that brought it. Not
   * taken if streams outlive connections.
   */
  readonly readyNs: Float64Array;
  /** Per token: immediately before the first write. */
  readonly writtenNs: Float64Array;
}

export interface StreamsOptions {
  readonly now: () => number;
  readonly source: TokenSource;
  readonly payload: PayloadName;
  readonly stamps: ServerStamps | undefined;
  /** A receiver this many bytes behind its plan is cut off. */
  readonly backpressureBytes: number;
  readonly maxStreams: number;
  /** A known effect between the streams and their sinks, injected to prove that it is found. */
  readonly injected?: Injected;
  /** One source: all streams carry the same messages at the same time. */
  readonly isBroadcast?: boolean;
  /**
   * Source of the tokens of streams that end with their connections; absent for a pacer in this
   * process.
   */
  readonly openFeed?: OpenTokenFeed;
  /** The pacer's timer where its tokens are due to the fraction of a millisecond. */
  readonly setExactTimer?: SetTimer;
  /** Called when a stream ends before its last token, because its client stopped it or is gone. */
  readonly onStop?: (stop: StoppedStream) => void;
  /** Called when a stream has taken up an input of its client. */
  readonly onSteer?: (steer: TakenSteer) => void;
  /** Records how much is taken of padded streams. */
  readonly taken?: TakenBytes;
  /** Records what becomes of receivers that stop reading. */
  readonly stalls?: Stalls;
  /** Set when streams outlive their connections. */
  readonly recovery?: RecoverySpecification;
  /**
   * True when the server takes over from another: it knows every planned stream as if it had always
   * been there.
   */
  readonly keepsState?: boolean;
}

/**
 * Counts of streams since the last reset. When they outlive their connections, `cut` counts
 * connections.
 */
export interface StreamCounts {
  opened: number;
  finished: number;
  readonly cut: Record<string, number>;
  tokensWritten: number;
  bytesWritten: number;
  headBytes: number;
  sameTickTokens: number;
  earlyTokens: number;
  backpressured: number;
}

export function noCounts(): StreamCounts {
  return {
    opened: 0,
    finished: 0,
    cut: {},
    tokensWritten: 0,
    bytesWritten: 0,
    headBytes: 0,
    sameTickTokens: 0,
    earlyTokens: 0,
    backpressured: 0,
  };
}

export function countCut(counts: StreamCounts, cause: string): void {
  counts.cut[cause] = (counts.cut[cause] ?? 0) + 1;
}

/** `client-gone`: its connection is closed; `cancelled`: it was told to stop. */
export type StopCause = 'client-gone' | 'cancelled';

/** A stream whose generation has ended before its last token. */
interface StoppedStream {
  readonly id: string;
  readonly by: StopCause;
  /** Tokens that were generated, and all bytes that were handed to the connection until then. */
  readonly tokens: number;
  readonly bytes: number;
}

export interface Arrival {
  /** Taken in the first statement of the transport's handler. */
  readonly handlerNs: number;
  /** The receiver's cursor as sent. Only when streams outlive their connections. */
  readonly after?: string | undefined;
}

/** Decision on a request for a stream. */
export type Admission =
  | { readonly outcome: 'serve'; readonly plan: StreamPlan }
  /** The stream is finished, and the receiver has all of it. */
  | { readonly outcome: 'over'; readonly done: DoneEvent }
  /** The request resumes a stream that this server never had, or has forgotten. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'refused'; readonly statusCode: 400 | 404 | 503; readonly message: string };

/** Further operations on streams that outlive their connections. */
export interface Lasting {
  readonly recovery: ServerRecovery;
  /** Returns undefined for a stream that is not kept and is requested from its beginning. */
  lookUp: (id: string, after: string | undefined) => Admission | undefined;
  /**
   * On a server that took over from another: keeps this stream from now on, as if it had all along.
   * Call before `lookUp`.
   */
  adopt: (plan: StreamPlan, after: string | undefined) => void;
  /**
   * Destroys the connection that receives this stream, which goes on. Returns false without a
   * receiver.
   */
  cut: (id: string) => boolean;
  /** Ends all connections in good order; the streams go on. Returns how many there were. */
  closeConnections: () => number;
  /** Counts streams with a receiver, all kept streams, and the bytes in their buffers. */
  countKept: () => {
    readonly heard: number;
    readonly streams: number;
    readonly bufferedBytes: number;
  };
}

export interface Streams {
  readonly counts: StreamCounts;
  /** Connections that carry a stream. */
  readonly openStreams: number;
  /** True when no further stream can be started. */
  readonly isFull: boolean;
  /** undefined when streams end with their connections. */
  readonly lasting: Lasting | undefined;
  /** Resets the counts when the trial begins. */
  resetCounts: () => void;
  /** Bytes handed to all sockets so far, closed ones included. */
  bytesWritten: () => number;
  /** Counts over the streams that are open now. */
  countOpen: () => OpenCount;
  start: (plan: StreamPlan, sink: StreamSink, arrival: Arrival) => void;
  /**
   * Stops the stream, and tells its receiver. Returns false when there is no such stream: it is
   * over, was stopped before, or never began.
   */
  cancel: (id: string) => boolean;
  /**
   * Gives the stream a text of its client, which becomes its next token, at once; where its socket is
   * full, as soon as there is room.
   */
  steer: (id: string, text: string) => SteerOutcome;
  /** Ends every stream in good order; the transport's server is closed after it. */
  sayBye: () => void;
  /** Closes whatever is still open, without ceremony. */
  abortAll: () => void;
}

export function templateOf(
  { payload, injected }: Pick<StreamsOptions, 'payload' | 'injected'>,
  streamId: string,
): PayloadTemplate {
  const template = payloads[payload].template(streamId);
  const bytes = injected?.paddingBytes ?? 0;
  return bytes === 0 ? template : padTemplate(template, bytes);
}

/** The tokens that a stream has sent. */
interface SentTokens {
  readonly tokens: number;
  /** Those that are other texts than the plan's source has there; absent for none. */
  readonly others?: OtherTexts | undefined;
}

/** The end of a stream of which the first `tokens` were sent when it was stopped. */
export function cancelledOf(
  { source }: Pick<StreamsOptions, 'source'>,
  { sourceStart }: StreamPlan,
  { tokens, others }: SentTokens,
): DoneEvent {
  return {
    s: tokens + 1,
    n: tokens,
    sha256: hashStreamText(source, sourceStart, tokens, others),
    finish: 'cancelled',
  };
}

export function doneOf({ tokens, sha256 }: Pick<StreamPlan, 'tokens' | 'sha256'>): DoneEvent {
  return { s: tokens + 1, n: tokens, sha256, finish: 'stop' };
}

type Surrounded = Pick<StreamsOptions, 'payload' | 'source'>;

/** A plan with a template of its own has the payload of no API. */
function apiOf({ payload }: Surrounded, { template }: StreamPlan): ApiStreaming | undefined {
  return template === undefined ? payloads[payload].api : undefined;
}

/** The messages that the payload's API sends before the first token. */
export function preambleOf(options: Surrounded, plan: StreamPlan): readonly ApiMessage[] {
  return apiOf(options, plan)?.preamble(plan) ?? [];
}

/** The messages that the payload's API sends after the last token. */
export function epilogueOf(
  options: Surrounded,
  plan: StreamPlan,
  others = plan.large?.texts,
): readonly ApiMessage[] {
  const { id, tokens, sourceStart } = plan;
  const text = (): string => streamText(options.source, sourceStart, tokens, others);
  return apiOf(options, plan)?.epilogue({ id, tokens, text }) ?? [];
}
