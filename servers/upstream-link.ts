// Requests tokens of a twin from a model over a unix socket, with one connection per stream, as a
// gateway has a request to its model for each of its own. The request is the plan of due times; the
// answer is one line per token that holds its number and nothing else, so that the link costs both
// arms the same and the twin renders the payload as it does without a model.

import { connect, type Socket } from 'node:net';
import { BenchError } from '../bench/contract/errors.ts';
import type { FedStream, TokenFeed } from './token-feed.ts';

/**
 * Two fields of 8 bytes: the stream's origin on the monotonic clock, ns; and the number of offsets
 * that follow, as doubles.
 */
export const REQUEST_HEAD_BYTES = 16;

/** Keeps this machine's byte order, because the model runs on the same machine. */
export function renderRequest(originNs: bigint, offsetsNs: Float64Array): Buffer {
  const head = Buffer.alloc(REQUEST_HEAD_BYTES);
  head.writeBigInt64LE(originNs, 0);
  head.writeDoubleLE(offsetsNs.length, 8);
  return Buffer.concat([
    head,
    Buffer.from(offsetsNs.buffer, offsetsNs.byteOffset, offsetsNs.byteLength),
  ]);
}

const NEWLINE = 0x0a;
const ZERO = 0x30;
/** The most that node:net reads at once with a buffer of its own. */
const READ_BYTES = 65_536;

interface Link<S> {
  readonly stream: S;
  readonly socket: Socket;
  /** Number of tokens emitted. */
  emitted: number;
  /** Number of tokens read: more than were emitted while the receiver's socket is full. */
  read: number;
  /** The number at the end of the last read, whose remaining digits may follow. */
  partial: number;
  /** When the last read began, ns since T0. */
  readNs: number;
  isHeld: boolean;
}

interface UpstreamFeedOptions<S> {
  readonly now: () => number;
  /** T0 of `now`, by `process.hrtime.bigint()`. */
  readonly epochNs: () => bigint;
  /** Address on which the model listens. */
  readonly socketPath: string;
  readonly emit: (stream: S) => number | undefined;
}

/**
 * Relays each token as it is read. All links share one buffer: a read is over before the next
 * begins.
 */
export class UpstreamFeed<S extends FedStream> implements TokenFeed<S> {
  readonly #options: UpstreamFeedOptions<S>;
  readonly #links = new Map<S, Link<S>>();
  readonly #buffer = Buffer.allocUnsafe(READ_BYTES);
  /** Counts reads. */
  tick = 0;
  /** When the read began that brought the token being emitted, ns since T0. */
  turnNs = Number.NaN;

  constructor(options: UpstreamFeedOptions<S>) {
    this.#options = options;
  }

  schedule(stream: S, dueNs: number): void {
    stream.dueNs = dueNs;
    const link = this.#links.get(stream);
    if (link === undefined) this.#ask(stream);
    else this.#goOn(link);
  }

  #ask(stream: S): void {
    const { socketPath, epochNs } = this.#options;
    const socket = connect({
      path: socketPath,
      onread: {
        buffer: this.#buffer,
        callback: (bytes, buffer) => this.#take(link, buffer, bytes),
      },
    });
    const link: Link<S> = {
      stream,
      socket,
      emitted: 0,
      read: 0,
      partial: 0,
      readNs: Number.NaN,
      isHeld: false,
    };
    this.#links.set(stream, link);
    socket.on('error', (cause) => this.#fail(link, cause));
    socket.once('close', () => this.#fail(link));
    socket.write(
      renderRequest(epochNs() + BigInt(Math.round(stream.originNs)), stream.plan.offsetsNs),
    );
  }

  /**
   * Returns false to stop reading until the receiver has room again: then the model has to wait,
   * too.
   */
  #take(link: Link<S>, buffer: Uint8Array, bytes: number): boolean {
    link.readNs = this.#options.now();
    this.tick++;
    for (let index = 0; index < bytes; index++) {
      const byte = buffer[index] as number;
      if (byte !== NEWLINE) {
        link.partial = link.partial * 10 + byte - ZERO;
        continue;
      }
      if (link.partial !== link.read + 1)
        throw new BenchError(
          'CHILD_DIED',
          `the upstream sent token ${link.partial} of stream ${link.stream.plan.id} after ${link.read}`,
        );
      link.read = link.partial;
      link.partial = 0;
    }
    this.#emitRead(link);
    return !link.isHeld;
  }

  #emitRead(link: Link<S>): void {
    const { stream } = link;
    this.turnNs = link.readNs;
    while (!link.isHeld && link.emitted < link.read) {
      link.emitted++;
      const dueNs = this.#options.emit(stream);
      if (dueNs === undefined) link.isHeld = true;
      else stream.dueNs = dueNs;
    }
  }

  #goOn(link: Link<S>): void {
    if (!link.isHeld) return;
    link.isHeld = false;
    this.#emitRead(link);
    if (!link.isHeld) link.socket.resume();
  }

  /**
   * Fails the trial, which has no other source of these tokens; a stream that was dropped misses
   * none.
   */
  #fail({ stream, read }: Link<S>, cause?: Error): void {
    const { id, offsetsNs } = stream.plan;
    if (!this.#links.has(stream) || read === offsetsNs.length) return;
    throw new BenchError(
      'CHILD_DIED',
      `the upstream ended stream ${id} after ${read} of ${offsetsNs.length} tokens`,
      { cause },
    );
  }

  readonly drop = (stream: S): void => {
    const link = this.#links.get(stream);
    this.#links.delete(stream);
    link?.socket.destroy();
  };

  stop(): void {
    for (const stream of this.#links.keys()) this.drop(stream);
  }
}
