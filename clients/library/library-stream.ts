// What the library clients have in common: one stream between its opening and its one ending. How a token is read is up to
// each library.

import type { Socket } from 'node:net';
import { CONTROL_PREFIX } from '../../bench/contract/control-events.ts';
import type { Instant } from '../../bench/contract/units.ts';
import { controlTypeOf } from '../control-message.ts';
import { asStreamFailure, StreamFailure } from '../stream-failure.ts';
import type { ControlType, StreamClient, StreamClientOptions, StreamTarget } from '../stream-client.ts';

/** Starts to open a stream; returns what closes it, at whatever stage it is. */
export type OpenStream = (stream: LibraryStream, target: StreamTarget) => () => void;

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
      opened.releaseWith(openStream(opened, target));
    },
    abandon: (stream) => shared.streams.get(stream)?.settle(),
    tokenReads: () => shared.tokenReads,
    close: async () => {
      for (const stream of shared.streams.values()) stream.settle();
    },
  };
}

export class LibraryStream {
  isOpen = true;
  /** The server said that nothing follows but the transport's own end. */
  isDone = false;
  readonly now: () => Instant;
  readonly #stream: number;
  readonly #shared: Shared;
  #release: (() => void) | undefined;
  #socket: Socket | undefined;
  #headBytes = 0;
  #bytesReadAtToken = 0;

  constructor(stream: number, shared: Shared) {
    this.#stream = stream;
    this.#shared = shared;
    this.now = shared.options.now;
  }

  /** `release` is called once, when the stream is settled. */
  releaseWith(release: () => void): void {
    if (this.isOpen) this.#release = release;
    else release();
  }

  /** The TCP connection stands. The socket is only asked for its counters; to listen to its data would take them from the library. */
  connected(socket: Socket, at: Instant): void {
    if (!this.isOpen) return;
    this.#socket = socket;
    this.#shared.options.listener.onConnect(this.#stream, at);
  }

  accept(headBytes: number, at: Instant): void {
    if (!this.isOpen) return;
    this.#headBytes = headBytes;
    this.#shared.options.listener.onAccept(this.#stream, at);
  }

  token(payload: string, at: Instant): void {
    if (!this.isOpen) return;
    // The count does not move while the messages of one read are delivered: an equal count is the same read.
    const bytesRead = this.#socket?.bytesRead ?? 0;
    if (bytesRead !== this.#bytesReadAtToken) {
      this.#bytesReadAtToken = bytesRead;
      this.#shared.tokenReads++;
    }
    this.#shared.options.listener.onTokenText(this.#stream, payload, at);
  }

  control(type: ControlType, text: string, at: Instant): void {
    if (!this.isOpen) return;
    if (type === 'done') this.isDone = true;
    this.#shared.options.listener.onControl(this.#stream, type, text, at);
  }

  /** A message of a transport without event names. @throws StreamFailure */
  message(text: string, at: Instant): void {
    if (text.startsWith(CONTROL_PREFIX)) this.control(controlTypeOf(text), text, at);
    else this.token(text, at);
  }

  /** The transport ended as its specification ends a whole stream: that is a failure all the same when `done` is missing. */
  end(at: Instant): void {
    if (!this.isOpen) return;
    if (!this.isDone) {
      this.fail(new StreamFailure('closed-early', 'the stream ended before `done`'), at);
      return;
    }
    const socket = this.#socket;
    const count = { bytesRead: socket?.bytesRead ?? 0, bytesSent: socket?.bytesWritten ?? 0, headBytes: this.#headBytes };
    this.settle();
    this.#shared.options.listener.onEnd(this.#stream, count, at);
  }

  /** Takes whatever was thrown; the first ending counts. */
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
    this.#release?.();
  }
}
