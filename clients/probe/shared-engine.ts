// The socket engine of transports whose streams share connections: a connection is opened by the
// first stream that is to run on it, carries as many as are asked for, and stays open until the
// client is closed. All sockets of the process read into one buffer, as in socket-engine.ts.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { KIB, type Instant } from '../../bench/contract/units.ts';
import { API_MESSAGE } from '../api-messages.ts';
import { asStreamFailure, StreamFailure } from '../stream-failure.ts';
import type {
  ControlType,
  SocketCount,
  StreamClient,
  StreamClientOptions,
  StreamTarget,
} from '../stream-client.ts';
import { openSocket } from './open-socket.ts';
import type { SharedReader, SharedSink, SharedTransport } from './shared-reader.ts';
import { MAX_UNSENT_BYTES, READ_BUFFER_BYTES } from './socket-limits.ts';

interface Shared {
  readonly transport: SharedTransport;
  readonly options: StreamClientOptions;
  /** The protocol to agree on with TLS. */
  readonly alpn: string | undefined;
  /** Connections by number, and by the streams that are open on them. */
  readonly connections: Map<number, SharedConnection>;
  readonly streams: Map<number, SharedConnection>;
  readonly buffer: Buffer;
  tokenReads: number;
}

export function openSharedEngine(
  transport: SharedTransport,
  options: StreamClientOptions,
  alpn?: string,
): StreamClient {
  const shared: Shared = {
    transport,
    options,
    alpn,
    connections: new Map(),
    streams: new Map(),
    buffer: Buffer.allocUnsafeSlow(READ_BUFFER_BYTES),
    tokenReads: 0,
  };
  const connectionOf = (target: StreamTarget): SharedConnection => {
    assert(target.shared !== undefined, 'a stream on a shared connection says on which');
    const { connection: number } = target.shared;
    const known = shared.connections.get(number);
    if (known?.takesStreams === true) return known;
    const opened = new SharedConnection(number, target, shared);
    shared.connections.set(number, opened);
    return opened;
  };
  return {
    open: (stream, target) => {
      const connection = connectionOf(target);
      shared.streams.set(stream, connection);
      connection.open(stream, target);
    },
    abandon: (stream) => shared.streams.get(stream)?.abandon(stream),
    bytesRead: (stream) => shared.streams.get(stream)?.bytesRead(stream),
    // The streams of a connection stop together: its socket is what is read.
    pause: (stream) => shared.streams.get(stream)?.pause(),
    unpause: (stream) => shared.streams.get(stream)?.unpause(),
    tokenReads: () => shared.tokenReads,
    close: async () => {
      const open = new Set([...shared.connections.values(), ...shared.streams.values()]);
      for (const connection of open) connection.drop();
    },
  };
}

class SharedConnection implements SharedSink {
  readonly #number: number;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #reader: SharedReader;
  /** Streams that are not over, and those among them that wait until they can be asked for. */
  readonly #streams = new Set<number>();
  #waiting = new Map<number, StreamTarget>();
  #isConnected = false;
  #isReady = false;
  #isLost = false;
  #hasTokenInRead = false;

  constructor(number: number, target: StreamTarget, shared: Shared) {
    const { now } = shared.options;
    this.#number = number;
    this.#shared = shared;
    this.#reader = shared.transport(target, this);
    this.#socket = openSocket(
      target,
      { buffer: shared.buffer, now, alpn: shared.alpn },
      {
        read: (bytes, at) => this.#read(bytes, at),
        connected: (at) => this.#connected(at),
        opened: (at) => this.#opened(at),
        ended: (error, at) => this.#ended(error, at),
        closed: (at) => this.#ended(undefined, at),
        refused: (failure, at) => this.#lose(failure, at),
      },
    );
  }

  get takesStreams(): boolean {
    return !this.#isLost && this.#reader.takesStreams;
  }

  open(stream: number, target: StreamTarget): void {
    this.#streams.add(stream);
    if (!this.#isReady) this.#waiting.set(stream, target);
    if (this.#isConnected)
      this.#shared.options.listener.onConnect(stream, this.#shared.options.now());
    if (this.#isReady) this.#socket.write(this.#reader.open(stream, target));
  }

  bytesRead(stream: number): number {
    return this.#waiting.has(stream) ? 0 : this.#reader.bytesRead(stream);
  }

  pause(): void {
    this.#socket.pause();
  }

  unpause(): void {
    this.#socket.resume();
  }

  abandon(stream: number): void {
    if (!this.#streams.has(stream)) return undefined;
    if (!this.#waiting.has(stream) && !this.#isLost)
      this.#socket.write(this.#reader.cancel(stream));
    this.#forget(stream);
    // An attempt to connect that nobody waits for any more.
    if (!this.#isConnected && this.#streams.size === 0) this.#leave();
  }

  /** Closes the connection without notice to the listener. */
  drop(): void {
    for (const stream of this.#streams) this.#forget(stream);
    this.#leave();
  }

  ready(): void {
    this.#isReady = true;
    const waiting = this.#waiting;
    this.#waiting = new Map();
    for (const [stream, target] of waiting) this.#socket.write(this.#reader.open(stream, target));
  }

  accept(stream: number, at: Instant): void {
    if (this.#streams.has(stream)) this.#shared.options.listener.onAccept(stream, at);
  }

  token(stream: number, buffer: Buffer, start: number, end: number, at: Instant): unknown {
    // A stream may be abandoned by its listener in the middle of a read.
    if (!this.#streams.has(stream)) return undefined;
    const { listener } = this.#shared.options;
    const place = listener.onTokenBytes(stream, buffer, start, end, at);
    if (place !== API_MESSAGE) this.#hasTokenInRead = true;
    return place;
  }

  control(stream: number, type: ControlType, text: string, at: Instant): void {
    if (this.#streams.has(stream)) this.#shared.options.listener.onControl(stream, type, text, at);
  }

  end(stream: number, count: SocketCount, at: Instant): void {
    if (!this.#forget(stream)) return;
    this.#shared.options.listener.onEnd(stream, count, at);
  }

  fail(stream: number, failure: StreamFailure, at: Instant): void {
    if (!this.#forget(stream)) return;
    this.#shared.options.listener.onFailure(stream, failure.key, failure.message, at);
  }

  send(bytes: Buffer): void {
    if (this.#isLost) return;
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      throw new StreamFailure(
        'peer-not-reading',
        `more than ${MAX_UNSENT_BYTES / KIB} KiB of answers wait to be sent`,
      );
    }
    this.#socket.write(bytes);
  }

  /** Whether the stream was open until now. */
  #forget(stream: number): boolean {
    this.#waiting.delete(stream);
    if (!this.#streams.delete(stream)) return false;
    this.#shared.streams.delete(stream);
    return true;
  }

  #connected(at: Instant): void {
    if (this.#isLost) return;
    this.#isConnected = true;
    for (const stream of this.#streams) this.#shared.options.listener.onConnect(stream, at);
  }

  #opened(at: Instant): void {
    if (!this.#isLost) this.#reader.start(at);
  }

  #read(bytes: number, at: Instant): void {
    if (this.#isLost) return;
    this.#hasTokenInRead = false;
    try {
      this.#reader.push(this.#shared.buffer, 0, bytes, at);
    } catch (error) {
      this.#lose(asStreamFailure(error), at);
    }
    if (this.#hasTokenInRead) this.#shared.tokenReads++;
  }

  #ended(error: NodeJS.ErrnoException | undefined, at: Instant): void {
    if (!this.#isLost) this.#lose(this.#reader.endedBy(error), at);
  }

  /** The connection is over, and so is every stream on it. */
  #lose(failure: StreamFailure, at: Instant): void {
    this.#leave();
    for (const stream of this.#streams) this.fail(stream, failure, at);
  }

  #leave(): void {
    this.#isLost = true;
    if (this.#shared.connections.get(this.#number) === this)
      this.#shared.connections.delete(this.#number);
    this.#socket.destroy();
  }
}
