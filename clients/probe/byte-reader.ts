// Interface between the socket engine and the readers of the transports.

import type { Instant } from '../../bench/contract/units.ts';
import type { ControlType, StreamTarget } from '../stream-client.ts';
import type { StreamFailure } from '../stream-failure.ts';

export interface ByteReader {
  /**
   * Consumes bytes [start, end) of a buffer that is overwritten as soon as this returns. `at` is
   * the stamp of the socket read; it is an argument all the way down because a number kept in a
   * field would be boxed again for every token.
   * @throws StreamFailure
   */
  push: (buffer: Buffer, start: number, end: number, at: Instant) => void;
}

/** A reader that knows whether the bytes so far end within a message. */
export interface UnitReader extends ByteReader {
  readonly isWithinUnit: boolean;
}

/** Reader of the body of a response. */
export interface BodyReader extends ByteReader {
  /** The body has ended: throws StreamFailure when what was read until then is not whole. */
  readonly end?: () => void;
}

/** Called during push with what the bytes were; all but `send` reach the stream's listener. */
export interface StreamSink {
  accept: (headBytes: number, at: Instant) => void;
  token: (buffer: Buffer, start: number, end: number, at: Instant) => void;
  control: (type: ControlType, text: string, at: Instant) => void;
  /** The stream is whole; the socket is closed, unless it is kept for another stream. */
  end: (at: Instant) => void;
  /**
   * The connection is open and the stream is requested only now: what came before, `bytes` of it
   * received, belongs to no stream.
   */
  begin: (bytes: number) => void;
  send: (bytes: Buffer) => void;
}

/** One stream of one transport; one after another when the connection is kept. */
export interface StreamReader extends ByteReader {
  /** The socket is connected: returns what to send first (latin1). */
  start: (at: Instant) => string;
  /**
   * The socket ended, or broke with `error`: returns why the stream is not whole; undefined when it
   * is.
   */
  endedBy: (error: NodeJS.ErrnoException | undefined) => StreamFailure | undefined;
  /** Once the stream is whole: whether the connection can carry another. */
  readonly isKept: boolean;
  /** Returns what carries a message to the server; absent on a transport that leads down only. */
  tell?: (message: string) => Buffer;
  /** Returns what begins a closing handshake; absent on a transport without one. */
  startClosing?: () => Buffer;
  /** The stream is whole and another begins: returns what to send for it. */
  next: (target: StreamTarget, at: Instant) => string | Buffer;
}

export type ProbeTransport = (target: StreamTarget, sink: StreamSink) => StreamReader;
