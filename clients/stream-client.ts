// Interface of a client stack to the rest of a load process: it opens streams and reports to a
// listener what arrived, when. The listener is shared by all stacks and transports, so they cannot
// differ in what they do with a token.

import type { BrowserTally } from '../bench/contract/browser.ts';
import type { KeptTally, TlsSessionTally } from '../bench/contract/connecting.ts';
import type { Instant } from '../bench/contract/units.ts';

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /**
   * Request target of the stream, e.g. `/v1/streams/17`; on the null arm the line that is sent
   * instead.
   */
  readonly path: string;
  /** Local address to connect from; undefined lets the kernel choose. */
  readonly localAddress?: string;
  /**
   * Cursor: `epoch.sequence` of the last token received. SSE sends it as `Last-Event-ID`, WebSocket
   * in its first message.
   */
  readonly resumeAfter?: string;
  /** JSON with which a turn of a conversation is asked for; only on routes that take turns. */
  readonly turn?: string;
  /**
   * Only for a stack that keeps connections: the stream runs on the connection of its slot, after
   * the stream before it.
   */
  readonly kept?: KeptPlace;
  /**
   * Set for a connection over TLS; `ca` is the certificate to trust, PEM. `isResumed`: a connection
   * offers the newest session that the server gave, and fails where the server does not resume it.
   */
  readonly tls?: { readonly ca: string; readonly isResumed?: true };
  /** Only for a transport whose connections are shared. */
  readonly shared?: SharedPlace;
  /** Set where the way to the server leads through a forward proxy. */
  readonly through?: ThroughProxy;
}

interface ThroughProxy {
  readonly host: string;
  readonly port: number;
  /** `tunnel`: CONNECT opens one; `forward`: the request names the server (absolute form). */
  readonly how: 'tunnel' | 'forward';
}

/** The place of the server, and the certificate by which it is trusted. */
export type ServerPlace = Pick<StreamTarget, 'host' | 'port' | 'localAddress' | 'tls' | 'through'>;

export interface SharedPlace {
  /** Number of the connection that carries the stream; it is opened by the first that does. */
  readonly connection: number;
  /** Names the stream on a connection that has no address of its own for each stream. */
  readonly streamId: string;
}

export interface KeptPlace {
  readonly slot: number;
  /** Names the stream on a connection that has no address of its own for each stream. */
  readonly streamId: string;
}

/** Counted on the stream's socket when it ended; on a kept one since the stream was requested. */
export interface SocketCount {
  readonly bytesRead: number;
  /** Absent where the socket is of several streams and the library does not say what each sent. */
  readonly bytesSent?: number;
  /** Bytes of the response head: status line, fields and the blank line; 0 where there is none. */
  readonly headBytes: number;
  /**
   * Bytes of the headers of the frames that carried tokens, on a transport whose library decides
   * how many tokens share one; they are not in `bytesRead`.
   */
  readonly tokenFrameBytes?: number;
}

export type ControlType = 'open' | 'done' | 'stream-error' | 'bye' | 'gap';

/**
 * Called for one stream in this order: connect, accept, then tokens and control events as they
 * arrive, then exactly one of end and failure. On a connection that is open already, `connect` is
 * when the request was handed to it. `at` is taken in the first statement of the callback that
 * delivered the
 * bytes, before any parsing; all tokens of one read share it.
 */
export interface StreamListener {
  /**
   * Only from a stack that opens streams in another process: when that process did, before any
   * other event of the stream.
   */
  onStart?: (stream: number, at: Instant) => void;
  onConnect: (stream: number, at: Instant) => void;
  /**
   * The response head (SSE), the 101 (WebSocket) or the connection itself (null arm) was received;
   * on a kept WebSocket, whose 101 belongs to no stream, the `open` event.
   */
  onAccept: (stream: number, at: Instant) => void;
  /**
   * A token's payload, or a message of an API around the tokens, as bytes [start, end) of a buffer
   * that is only valid during the call. Used by the probe, and by the library stack for tokens that
   * came as bytes. Returns API_MESSAGE for such a message, which no stack tells from a token; any
   * other value has no meaning.
   */
  onTokenBytes: (
    stream: number,
    buffer: Buffer,
    start: number,
    end: number,
    at: Instant,
  ) => unknown;
  /**
   * The same as text. Used by the library stack. `appendedAt`: only from a page, when the token's
   * text was in the DOM.
   */
  onTokenText: (stream: number, payload: string, at: Instant, appendedAt?: Instant) => unknown;
  /** `text` is the event's JSON; with its `type` field on transports without event names. */
  onControl: (stream: number, type: ControlType, text: string, at: Instant) => void;
  /**
   * The transport ended the way its specification ends a whole stream. No `count` from a stack that
   * cannot see its sockets.
   */
  onEnd: (stream: number, count: SocketCount | undefined, at: Instant) => void;
  /**
   * Any other ending: refused, cut, malformed. `cause` is a short stable key such as `ECONNRESET`
   * or `http-503`.
   */
  onFailure: (stream: number, cause: string, message: string, at: Instant) => void;
  /**
   * Only from a stack that reconnects by itself: the connection is lost, or an attempt failed, and
   * the stack will try again. Another accept may follow, so end and failure are yet to come.
   */
  onLost?: (stream: number, cause: string, message: string, at: Instant) => void;
}

export interface StreamClient {
  /** Opens one stream; everything else reaches the listener. Never throws for a network failure. */
  open: (stream: number, target: StreamTarget) => void;
  /** Abandons a stream that is open: closes its socket; the listener is not called for it again. */
  abandon: (stream: number) => void;
  /**
   * Sends the server a message on the connection of a stream that is open; returns the bytes that it
   * sent. Absent for a stack that cannot be told to.
   */
  tell?: (stream: number, message: string) => number;
  /** The same for the first frame of a closing handshake: the end of the stream is still to come. */
  startClosing?: (stream: number) => number;
  /**
   * Bytes that the stream's present connection has received, heartbeats included; undefined without
   * a connection.
   */
  bytesRead: (stream: number) => number | undefined;
  /**
   * Stops reading the stream's socket, so that its receive buffer and then the server's send buffer
   * fill.
   */
  pause: (stream: number) => void;
  unpause: (stream: number) => void;
  /**
   * Socket reads that carried at least one token so far; undefined for a stack that cannot see
   * reads.
   */
  tokenReads: () => number | undefined;
  /** Counts of the kept connections; absent for a stack that keeps none. */
  kept?: () => KeptTally;
  /** Counts of handshakes on connections that were to resume; absent for a stack that cannot. */
  tlsSessions?: () => TlsSessionTally;
  /** Does slow preparations before any stream is due. @throws BenchError */
  prepare?: (server: ServerPlace) => Promise<void>;
  /**
   * Only for a stack that receives in a browser: the accounts of processes that are not this one.
   */
  browser?: BrowserAccounts;
  /** Releases what the stack holds once no stream is open. */
  close: () => Promise<void>;
}

interface BrowserAccounts {
  /** Call at the start and at the end of the window. */
  beginWindow: () => void;
  endWindow: () => void;
  /**
   * Call once no stream is open: polls the page a last time and bounds its clock again. @throws
   * BenchError
   */
  finish: () => Promise<BrowserTally>;
}

export interface StreamClientOptions {
  readonly listener: StreamListener;
  readonly now: () => Instant;
}
