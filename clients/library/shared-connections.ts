// Connections of a library that streams share: each is opened by the first stream that is told to run
// on it, and carries others until it is over.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Instant } from '../../bench/contract/units.ts';
import type { StreamClientOptions, StreamTarget } from '../stream-client.ts';
import { socketFailure, type StreamFailure } from '../stream-failure.ts';
import { whenConnected } from './library-socket.ts';
import {
  SocketRead,
  type LibraryStream,
  type OpenedStream,
  type OpenStream,
} from './library-stream.ts';

export interface LibraryConnection {
  /** False once no further stream can begin on it. */
  readonly takesStreams: boolean;
  readonly open: OpenStream;
  /** Closes it at once, with all that it carries. */
  readonly close: () => void;
}

export type OpenConnection = (
  target: StreamTarget,
  options: StreamClientOptions,
) => LibraryConnection;

export interface SharedConnections {
  readonly open: OpenStream;
  readonly close: () => void;
}

export function shareConnections(
  openConnection: OpenConnection,
  options: StreamClientOptions,
): SharedConnections {
  /** The newest by number, and those that still carry streams although they take no more. */
  const newest = new Map<number, LibraryConnection>();
  const all = new Set<LibraryConnection>();
  const connectionOf = (target: StreamTarget): LibraryConnection => {
    assert(target.shared !== undefined, 'a stream on a shared connection says on which');
    const { connection: number } = target.shared;
    const known = newest.get(number);
    if (known?.takesStreams === true) return known;
    const opened = openConnection(target, options);
    newest.set(number, opened);
    all.add(opened);
    return opened;
  };
  return {
    open: (stream, target): OpenedStream => connectionOf(target).open(stream, target),
    close: () => {
      for (const connection of all) connection.close();
    },
  };
}

/** The socket of a connection that streams share. */
export class SharedSocket {
  readonly socket: Socket;
  readonly #now: () => Instant;
  readonly #read: SocketRead;
  /** Streams that wait for the connection; undefined once it is there. */
  #waiting: LibraryStream[] | undefined = [];
  /** The error with which it broke; undefined for none. */
  error: NodeJS.ErrnoException | undefined;

  constructor(socket: Socket, { now }: StreamClientOptions) {
    this.socket = socket;
    this.#now = now;
    this.#read = new SocketRead(socket);
    socket.on('error', (error) => (this.error = error));
    whenConnected(socket, () => {
      const at = now();
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const stream of waiting) stream.connected(socket, at, this.#read);
    });
  }

  /** Tells the stream when TCP is connected: at once, where it is. */
  carry(stream: LibraryStream): void {
    if (this.#waiting === undefined) stream.connected(this.socket, this.#now(), this.#read);
    else this.#waiting.push(stream);
  }

  /** Says why streams are over with their connection; undefined while the socket is whole. */
  failure(): StreamFailure | undefined {
    return this.error !== undefined || this.socket.destroyed
      ? socketFailure(this.error, 'before `done`')
      : undefined;
  }
}
