// What a transport must do for the streams; everything else about a stream is the same on all of them.

import type { Socket } from 'node:net';
import type { DoneEvent, GapEvent, OpenEvent } from '../bench/contract/control-events.ts';

/** One open connection that carries one stream. No method throws when the peer is gone. */
export interface StreamSink {
  /**
   * Read for how full it is and for drain, and corked while several tokens are sent at once; never written to by anybody but
   * the sink. It may outlive the stream (keep-alive).
   */
  readonly socket: Socket;
  /** Bytes of the response head, already handed to the socket. */
  readonly headBytes: number;
  /** Bytes handed to the socket for this stream so far, the head included. */
  bytesWritten: () => number;
  /** Calls back once the stream is over, however it ended. */
  onClose: (callback: () => void) => void;
  open: (event: OpenEvent) => void;
  /** `sequence` is 1-based; `payload` is the token's payload as in payload.ts. */
  token: (sequence: number, payload: string) => void;
  /** Sends the event and ends the stream as the transport does. */
  done: (event: DoneEvent) => void;
  /** The buffer did not reach back; the stream goes on with `event.from`. */
  gap: (event: GapEvent) => void;
  /** A sign of life: an SSE comment, a WebSocket ping, an empty line. */
  heartbeat: () => void;
  /** Whether the peer has answered the last heartbeat; undefined on a transport on which it never does. */
  isAnswering: () => boolean | undefined;
  /** The server goes away in good order: the peer may come back. Ends the connection, too. */
  bye: () => void;
  /** Its client has a newer connection: closes at once, and says why where the transport can. */
  replaced: () => void;
  /** The peer cannot be served any further: closes at once. */
  abort: () => void;
}
