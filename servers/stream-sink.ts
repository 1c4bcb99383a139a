// Interface between the streams and a transport; everything else about a stream is the same on all
// transports.

import type { DoneEvent, GapEvent, OpenEvent } from '../bench/contract/control-events.ts';
import type { Payload } from '../bench/contract/payload.ts';
import type { ApiMessage } from '../bench/contract/payloads/payload-profile.ts';

/**
 * The connection that a sink writes to, as far as the streams may know it. A socket is one, and so
 * are a compressor in front of one and a stream of HTTP/2.
 */
export interface Channel {
  /** More has been handed over than is taken at the moment: `drain` says when the rest has gone. */
  readonly writableNeedDrain: boolean;
  /** Bytes that were handed over and have not been taken yet. */
  readonly writableLength: number;
  on: (event: 'drain', callback: () => void) => unknown;
  off: (event: 'drain', callback: () => void) => unknown;
  /** Between the two, writes are gathered where the connection can. */
  cork: () => void;
  uncork: () => void;
}

/** One open connection that carries one stream. No method throws when the peer is gone. */
export interface StreamSink {
  /**
   * Others only read its fill level, await its drain, and cork it while several tokens are sent at
   * once; writes are the sink's alone. It may outlive the stream (keep-alive).
   */
  readonly channel: Channel;
  /** Bytes of the response head that have been handed to the socket. */
  readonly headBytes: number;
  /** Bytes handed to the socket for this stream so far, the head included. */
  bytesWritten: () => number;
  /** Calls back once the stream is over, however it ended. */
  onClose: (callback: () => void) => void;
  open: (event: OpenEvent) => void;
  /** Sends a message of the payload's API that carries no token, after `open` or before `done`. */
  message: (message: ApiMessage) => void;
  /** `sequence` is 1-based; a `payload` of bytes is put into the form of the transport here. */
  token: (sequence: number, payload: Payload) => void;
  /** Sends the event and ends the stream as the transport does. */
  done: (event: DoneEvent) => void;
  /** Reports that the buffer did not reach back; the stream goes on with `event.from`. */
  gap: (event: GapEvent) => void;
  /** Sends an SSE comment, a WebSocket ping, or an empty line. */
  heartbeat: () => void;
  /**
   * Whether the peer has answered the last heartbeat; undefined on a transport on which it never
   * does.
   */
  isAnswering: () => boolean | undefined;
  /** Announces an orderly shutdown, after which the peer may reconnect, and ends the connection. */
  bye: () => void;
  /**
   * Closes at once because the client has a newer connection; states the reason if the transport
   * can.
   */
  replaced: () => void;
  /** Closes at once because the peer cannot be served any further. */
  abort: () => void;
  /**
   * Writes bytes that the protocol allows and that belong to no event; returns how many, 0 where
   * there is no such thing.
   */
  writeUndeclared: () => number;
}
