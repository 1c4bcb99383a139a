// Takes the content coding off a body (RFC 9110 §8.4) with node:zlib. That works in turns of the
// thread pool: each read is decoded on its own and keeps its stamp, and what is decoded is handed
// on piece by piece, so that a small body that expands without end is stopped by its reader.

import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import { MIB } from '../../bench/contract/units.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import { messageOf } from '../../bench/contract/errors.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';

const zlibOptions = { flush: constants.Z_SYNC_FLUSH } as const;

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(zlibOptions),
  'x-gzip': () => createGunzip(zlibOptions),
  deflate: () => createInflate(zlibOptions),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** Undecoded bytes from which on the socket is no longer read. */
const BACKLOG_BYTES = MIB;

interface DecoderEvents {
  /** @throws EndpointError when it takes no more. */
  readonly decoded: (bytes: Buffer, atNs: number) => void;
  /** Damaged, cut, or refused by `decoded`; nothing follows. */
  readonly failed: (error: unknown, atNs: number) => void;
  /** Whether reading should pause until the backlog is worked off. */
  readonly backlogged: (isBacklogged: boolean) => void;
}

interface Piece {
  readonly bytes: Buffer;
  readonly atNs: number;
}

export class BodyDecoder {
  readonly #decoder: Transform;
  readonly #events: DecoderEvents;
  readonly #waiting: Piece[] = [];
  #waitingBytes = 0;
  #isBusy = false;
  #isOver = false;
  #atNs = 0;
  #onFinished: (() => void) | undefined;

  /** @throws EndpointError bad-encoding for a coding that is not known. */
  constructor(coding: string, events: DecoderEvents) {
    const create = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
    if (create === undefined) {
      throw new EndpointError(
        endpointFailure('bad-encoding', `the content coding is ${quotedText(coding, 40)}`),
      );
    }
    this.#events = events;
    this.#decoder = create();
    // Paused mode: only so is all that came of a piece read before the next one is written.
    this.#decoder.on('readable', () => this.#drain());
    this.#decoder.on('error', (error) =>
      this.#fail(
        new EndpointError(
          endpointFailure('bad-encoding', `the ${coding} body is damaged (${messageOf(error)})`),
        ),
      ),
    );
    this.#decoder.on('end', () => this.#finish());
  }

  push(bytes: Buffer, atNs: number): void {
    if (this.#isOver) return;
    this.#waiting.push({ bytes, atNs });
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > BACKLOG_BYTES) this.#events.backlogged(true);
    this.#next();
  }

  /**
   * Calls back once all that was pushed is decoded. Where the body is cut, that its coding is cut,
   * too, is no failure of its own.
   */
  finish(onFinished: () => void): void {
    if (this.#isOver) {
      onFinished();
      return;
    }
    this.#onFinished = onFinished;
    this.#next();
  }

  destroy(): void {
    this.#isOver = true;
    this.#decoder.destroy();
  }

  #next(): void {
    if (this.#isBusy || this.#isOver) return;
    const piece = this.#waiting.shift();
    if (piece === undefined) {
      if (this.#onFinished !== undefined) {
        this.#isBusy = true;
        this.#decoder.end();
      }
      return;
    }
    this.#isBusy = true;
    this.#atNs = piece.atNs;
    this.#decoder.write(piece.bytes, (error) => {
      if (error || this.#isOver) return;
      this.#drain();
      this.#isBusy = false;
      this.#waitingBytes -= piece.bytes.length;
      if (this.#waitingBytes < BACKLOG_BYTES / 2) this.#events.backlogged(false);
      this.#next();
    });
  }

  #drain(): void {
    if (this.#isOver) return;
    try {
      for (;;) {
        const bytes = this.#decoder.read() as Buffer | null;
        if (bytes === null) return;
        this.#events.decoded(bytes, this.#atNs);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.destroy();
    this.#events.failed(error, this.#atNs);
    this.#finished();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#finished();
  }

  #finished(): void {
    const onFinished = this.#onFinished;
    this.#onFinished = undefined;
    onFinished?.();
  }
}
