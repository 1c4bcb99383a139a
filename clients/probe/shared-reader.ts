// Interface between the engine of shared connections and the readers of their protocols.

import type { Instant } from '../../bench/contract/units.ts';
import type { ControlType, SocketCount, StreamTarget } from '../stream-client.ts';
import type { StreamFailure } from '../stream-failure.ts';
import type { ByteReader } from './byte-reader.ts';

/** Called with what the bytes of a connection were; `stream` is the number that it was opened with. */
export interface SharedSink {
  /** Streams can be asked for from now on. */
  ready: (at: Instant) => void;
  accept: (stream: number, at: Instant) => void;
  /** Returns what the listener of the stack does: API_MESSAGE for a message without a token. */
  token: (stream: number, buffer: Buffer, start: number, end: number, at: Instant) => unknown;
  control: (stream: number, type: ControlType, text: string, at: Instant) => void;
  /** The stream is whole; the connection stays. */
  end: (stream: number, count: SocketCount, at: Instant) => void;
  /** The stream is over; the connection stays. */
  fail: (stream: number, failure: StreamFailure, at: Instant) => void;
  send: (bytes: Buffer) => void;
}

/**
 * All streams of one connection. A failure that `push` throws is one of the connection, and of all
 * its streams.
 */
export interface SharedReader extends ByteReader {
  /** The socket is open: sends what comes before any stream. */
  start: (at: Instant) => void;
  /** Asks for a stream: returns what to send. Only once the connection is ready. */
  open: (stream: number, target: StreamTarget) => Buffer;
  /** Gives a stream up that is open: returns what tells the server. */
  cancel: (stream: number) => Buffer;
  /** Bytes received for an open stream. */
  bytesRead: (stream: number) => number;
  /** False once the server lets no further stream begin on this connection. */
  readonly takesStreams: boolean;
  /** The socket ended, or broke with `error`: why the streams that are open are not whole. */
  endedBy: (error: NodeJS.ErrnoException | undefined) => StreamFailure;
}

export type SharedTransport = (target: StreamTarget, sink: SharedSink) => SharedReader;
