// Common part of the library clients: one stream between its opening and its one ending. Each
// library reads tokens in its own way.

import type { Socket } from 'node:net';
import type { Instant } from '../../bench/contract/units.ts';
import { API_MESSAGE } from '../api-messages.ts';
import { controlTypeOf, isControlText } from '../control-message.ts';
import { asStreamFailure, StreamFailure } from '../stream-failure.ts';
import type {
  ControlType,
  StreamClient,
  StreamClientOptions,
  StreamTarget,
} from '../stream-client.ts';

/** Operations on a stream that a library opens, at whatever stage it is. */
export interface OpenedStream {
  /** Closes at once, and without notice to the peer if the transport allows that. Called once. */
  readonly close: () => void;
  /**
   * Stops reading. The library, and Node under it, may read a little more, up to the size of their
   * own buffers.
   */
  readonly pause: () => void;
  readonly unpause: () => void;
}

/** Starts to open a stream. */
export type OpenStream = (stream: LibraryStream, target: StreamTarget) => OpenedStream;

interface Shared {
  readonly options: StreamClientOptions;
  readonly streams: Map<number, LibraryStream>;
  tokenReads: number;
}

export function openStreams(openStream: OpenStream, options: StreamClientOptions): StreamClient {
  const shared: Shared = { options, streams: new Map(), tokenReads: 0 };
  return {
    open: (stream, target) => {
      const opened = new LibraryStream(stream, shared);
      shared.streams.set(stream, opened);
      opened.opened(openStream(opened, target));
    },
    abandon: (stream) => shared.streams.get(stream)?.settle(),
    bytesRead: (stream) => shared.streams.get(stream)?.bytesRead,
    pause: (stream) => shared.streams.get(stream)?.pause(),
    unpause: (stream) => shared.streams.get(stream)?.unpause(),
    tokenReads: () => shared.tokenReads,
    close: async () => {
      for (const stream of shared.streams.values()) stream.settle();
    },
  };
}

export class LibraryStream {
  isOpen = true;
  /** The server sent `done`: nothing follows but the transport's own end. */
  isDone = false;
  readonly now: () => Instant;
  readonly #stream: number;
  readonly #shared: Shared;
  #opened: OpenedStream | undefined;
  #socket: Socket | undefined;
  #headBytes = 0;
  #bytesReadAtMessage = 0;
  #hasTokenInRead = false;
  #readAt: Instant | undefined;

  constructor(stream: number, shared: Shared) {
    this.#stream = stream;
    this.#shared = shared;
    this.now = shared.options.now;
  }

  /** Bytes received; 0 from the attempt to connect on. */
  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  opened(opened: OpenedStream): void {
    if (this.isOpen) this.#opened = opened;
    else opened.close();
  }

  pause(): void {
    this.#opened?.pause();
  }

  unpause(): void {
    this.#opened?.unpause();
  }

  /** Reports when another process opened the stream. */
  started(at: Instant): void {
    if (this.isOpen) this.#shared.options.listener.onStart?.(this.#stream, at);
  }

  /**
   * The TCP connection is open. Only the socket's counters are read; listening to its data would
   * take it from the library.
   */
  connected(socket: Socket, at: Instant): void {
    if (!this.isOpen) return;
    this.#socket = socket;
    this.#bytesReadAtMessage = 0;
    this.#shared.options.listener.onConnect(this.#stream, at);
  }

  accept(headBytes: number, at: Instant): void {
    if (!this.isOpen) return;
    this.#headBytes = headBytes;
    this.#shared.options.listener.onAccept(this.#stream, at);
  }

  token(payload: string, at: Instant, appendedAt?: Instant): void {
    if (!this.isOpen) return;
    const { listener } = this.#shared.options;
    const readAt = this.#stampRead(at);
    this.#countRead(listener.onTokenText(this.#stream, payload, readAt, appendedAt));
  }

  /** A token that is bytes, and came as such: there is nothing to decode. */
  bytes(message: Buffer, at: Instant): void {
    if (!this.isOpen) return;
    const { listener } = this.#shared.options;
    const readAt = this.#stampRead(at);
    this.#countRead(listener.onTokenBytes(this.#stream, message, 0, message.length, readAt));
  }

  /**
   * The count does not move while the messages of one read are delivered: an equal count is the
   * same read, and all tokens of a read share the stamp of its first, as they do in the probe,
   * however many callbacks the library makes of it.
   */
  #stampRead(at: Instant): Instant {
    const { bytesRead } = this;
    if (
      bytesRead !== this.#bytesReadAtMessage ||
      this.#socket === undefined ||
      this.#readAt === undefined
    ) {
      this.#bytesReadAtMessage = bytesRead;
      this.#readAt = at;
      this.#hasTokenInRead = false;
    }
    return this.#readAt;
  }

  #countRead(place: unknown): void {
    if (place === API_MESSAGE || this.#hasTokenInRead) return;
    this.#hasTokenInRead = true;
    this.#shared.tokenReads++;
  }

  control(type: ControlType, text: string, at: Instant): void {
    if (!this.isOpen) return;
    if (type === 'done') this.isDone = true;
    this.#shared.options.listener.onControl(this.#stream, type, text, at);
  }

  /** Handles a message that no event name tells from others. @throws StreamFailure */
  message(text: string, at: Instant): void {
    if (isControlText(text)) this.control(controlTypeOf(text), text, at);
    else this.token(text, at);
  }

  /**
   * The transport ended as its specification ends a whole stream: this is still a failure when
   * `done` is missing.
   */
  end(at: Instant): void {
    if (!this.isOpen) return;
    if (!this.isDone) {
      this.fail(new StreamFailure('closed-early', 'the stream ended before `done`'), at);
      return;
    }
    const socket = this.#socket;
    const count = socket && {
      bytesRead: this.bytesRead,
      bytesSent: socket.bytesWritten,
      headBytes: this.#headBytes,
    };
    this.settle();
    this.#shared.options.listener.onEnd(this.#stream, count, at);
  }

  /**
   * The library will reconnect by itself; for a listener that does not expect this, it is a
   * failure.
   */
  lost(failure: StreamFailure, at: Instant): void {
    if (!this.isOpen) return;
    const { onLost } = this.#shared.options.listener;
    if (onLost === undefined) this.fail(failure, at);
    else onLost(this.#stream, failure.key, failure.message, at);
  }

  /** Accepts whatever was thrown; the first ending counts. */
  fail(error: unknown, at: Instant): void {
    if (!this.isOpen) return;
    const failure = asStreamFailure(error);
    this.settle();
    this.#shared.options.listener.onFailure(this.#stream, failure.key, failure.message, at);
  }

  settle(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#shared.streams.delete(this.#stream);
    this.#opened?.close();
  }
}
