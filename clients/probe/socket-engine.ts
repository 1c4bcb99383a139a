// One socket engine for every transport. A read lands in one buffer that all sockets of the process
// share: Node calls back synchronously after each read, so a consumer must be finished with the
// bytes when the callback returns.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { Instant } from '../../bench/contract/units.ts';
import type {
  ControlType,
  StreamClient,
  StreamClientOptions,
  StreamTarget,
} from '../stream-client.ts';
import type { ProbeTransport, StreamReader, StreamSink } from './byte-reader.ts';
import { API_MESSAGE } from '../api-messages.ts';
import { KeptConnections } from './kept-connections.ts';
import { openSocket } from './open-socket.ts';
import { MAX_UNSENT_BYTES, READ_BUFFER_BYTES } from './socket-limits.ts';
import { fetchSession, TlsSessions } from './tls-sessions.ts';
import { asStreamFailure, socketFailure, StreamFailure } from '../stream-failure.ts';

/** State that the connections of one client share. */
interface Shared {
  readonly transport: ProbeTransport;
  readonly options: StreamClientOptions;
  /** Connections by stream. */
  readonly connections: Map<number, Connection>;
  readonly kept: KeptConnections<Connection>;
  readonly sessions: TlsSessions;
  readonly buffer: Buffer;
  tokenReads: number;
}

/**
 * A connect or a read waits until it is answered, fails, or is abandoned: bounding that time is the
 * caller's part.
 */
export function openSocketEngine(
  transport: ProbeTransport,
  options: StreamClientOptions,
): StreamClient {
  const connections = new Map<number, Connection>();
  const kept = new KeptConnections<Connection>();
  const sessions = new TlsSessions();
  const shared: Shared = {
    transport,
    options,
    connections,
    kept,
    sessions,
    buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    tokenReads: 0,
  };
  return {
    open: (stream, target) => {
      const waiting = target.kept && kept.take(target.kept.slot);
      connections.set(stream, waiting ?? new Connection(stream, target, shared));
      waiting?.next(stream, target);
    },
    abandon: (stream) => connections.get(stream)?.settle(),
    tell: (stream, message) => connections.get(stream)?.tell(message) ?? 0,
    startClosing: (stream) => connections.get(stream)?.startClosing() ?? 0,
    bytesRead: (stream) => connections.get(stream)?.bytesRead,
    pause: (stream) => connections.get(stream)?.pause(),
    unpause: (stream) => connections.get(stream)?.unpause(),
    tokenReads: () => shared.tokenReads,
    kept: () => kept.counts,
    tlsSessions: () => sessions.counts,
    prepare: async ({ tls, ...server }) => {
      if (tls?.isResumed === true) sessions.keep(await fetchSession({ ...server, tls }));
    },
    close: async () => {
      for (const connection of connections.values()) connection.settle();
      kept.close();
    },
  };
}

class Connection implements StreamSink {
  #stream: number;
  /** Slot of a connection that is kept. */
  readonly #slot: number | undefined;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #reader: StreamReader;
  /** True while it carries a stream that is not over. */
  #isOpen = true;
  #hasTokenInRead = false;
  #bytesRead = 0;
  #headBytes = 0;
  /** Bytes that it had read and sent when the stream was requested. */
  #readBefore = 0;
  #sentBefore = 0;

  constructor(stream: number, target: StreamTarget, shared: Shared) {
    const { now } = shared.options;
    this.#stream = stream;
    this.#slot = target.kept?.slot;
    this.#shared = shared;
    this.#reader = shared.transport(target, this);
    this.#socket = openSocket(
      target,
      { buffer: shared.buffer, now, sessions: shared.sessions },
      {
        read: (bytes, at) => this.#read(bytes, at),
        connected: (at) => {
          if (this.#isOpen) shared.options.listener.onConnect(this.#stream, at);
        },
        opened: (at) => this.#start(at),
        ended: (error, at) => this.#socketEnded(error, at),
        // Neither an end nor an error went before only if this process closed the socket: then
        // nothing is left to report.
        closed: (at) => {
          if (this.#isOpen) this.#fail(socketFailure(undefined, 'without a reason'), at);
          else this.#lose();
        },
        refused: (failure, at) => this.#fail(failure, at),
      },
    );
  }

  /** Carries another stream, once the one before is over. */
  next(stream: number, target: StreamTarget): void {
    const at = this.#shared.options.now();
    this.#stream = stream;
    this.#isOpen = true;
    this.#headBytes = 0;
    this.begin(this.#bytesRead);
    this.#shared.options.listener.onConnect(stream, at);
    const request = this.#reader.next(target, at);
    if (this.#isOpen) this.#socket.write(request, 'latin1');
  }

  /**
   * Bytes read for the stream; 0 from the attempt to connect on. Includes the bytes of the current
   * read.
   */
  get bytesRead(): number {
    return this.#bytesRead - this.#readBefore;
  }

  /**
   * Nothing is read from the kernel any more, not even an end or a reset, both of which are noticed
   * after `unpause`.
   */
  pause(): void {
    this.#socket.pause();
  }

  unpause(): void {
    this.#socket.resume();
  }

  accept(headBytes: number, at: Instant): void {
    if (!this.#isOpen) return;
    this.#headBytes = headBytes;
    this.#shared.options.listener.onAccept(this.#stream, at);
  }

  token(buffer: Buffer, start: number, end: number, at: Instant): void {
    // A stream may be abandoned by its listener in the middle of a read.
    if (!this.#isOpen) return;
    const { listener } = this.#shared.options;
    if (listener.onTokenBytes(this.#stream, buffer, start, end, at) !== API_MESSAGE)
      this.#hasTokenInRead = true;
  }

  control(type: ControlType, text: string, at: Instant): void {
    if (this.#isOpen) this.#shared.options.listener.onControl(this.#stream, type, text, at);
  }

  end(at: Instant): void {
    if (!this.#isOpen) return;
    const count = {
      bytesRead: this.bytesRead,
      bytesSent: this.#socket.bytesWritten - this.#sentBefore,
      headBytes: this.#headBytes,
    };
    if (this.#slot !== undefined && this.#reader.isKept) this.#wait(this.#slot);
    else this.settle();
    this.#shared.options.listener.onEnd(this.#stream, count, at);
  }

  begin(bytes: number): void {
    this.#readBefore = bytes;
    this.#sentBefore = this.#socket.bytesWritten;
  }

  send(bytes: Buffer): void {
    if (!this.#isOpen) return;
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      throw new StreamFailure(
        'peer-not-reading',
        `more than ${MAX_UNSENT_BYTES} bytes of answers wait to be sent`,
      );
    }
    this.#socket.write(bytes);
  }

  #wait(slot: number): void {
    this.#isOpen = false;
    this.#shared.connections.delete(this.#stream);
    this.#shared.kept.put(slot, this);
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** Without a stream there is no listener to notify. */
  #lose(): void {
    if (this.#slot !== undefined) this.#shared.kept.lose(this.#slot, this);
  }

  tell(message: string): number {
    return this.#write(this.#reader.tell?.(message));
  }

  startClosing(): number {
    return this.#write(this.#reader.startClosing?.());
  }

  #write(bytes: Buffer | undefined): number {
    assert(bytes !== undefined, 'this transport has no words for the server while a stream runs');
    this.#socket.write(bytes);
    return bytes.length;
  }

  /** Closes the socket; the listener is no longer called for this stream. */
  settle(): void {
    this.#isOpen = false;
    this.#shared.connections.delete(this.#stream);
    this.#socket.destroy();
  }

  #start(at: Instant): void {
    if (!this.#isOpen) return;
    const request = this.#reader.start(at);
    if (this.#isOpen) this.#socket.write(request, 'latin1');
  }

  #read(bytes: number, at: Instant): void {
    // No stream requested these bytes.
    if (!this.#isOpen) return this.#lose();
    this.#bytesRead += bytes;
    this.#hasTokenInRead = false;
    try {
      this.#reader.push(this.#shared.buffer, 0, bytes, at);
    } catch (error) {
      // Thrown by the listener when the end of the stream was reported to it: it is not reported
      // twice.
      if (!this.#isOpen && !(error instanceof StreamFailure)) throw error;
      if (this.#isOpen) this.#fail(asStreamFailure(error), at);
      else this.#lose();
    }
    if (this.#hasTokenInRead) this.#shared.tokenReads++;
  }

  #socketEnded(error: NodeJS.ErrnoException | undefined, at: Instant): void {
    if (!this.#isOpen) return this.#lose();
    const failure = this.#reader.endedBy(error);
    if (failure === undefined) this.end(at);
    else this.#fail(failure, at);
  }

  #fail(failure: StreamFailure, at: Instant): void {
    if (!this.#isOpen) return;
    this.settle();
    this.#shared.options.listener.onFailure(this.#stream, failure.key, failure.message, at);
  }
}
