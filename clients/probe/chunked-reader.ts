// Chunked transfer coding (RFC 9112 §7.1) as a state machine that hands on spans of the read buffer
// and copies nothing. Chunk extensions are skipped, as §7.1.1 asks of a recipient that does not
// know them, and so are trailers.

import { type Instant, KIB, MIB } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { protocolFailure, type StreamFailure } from '../stream-failure.ts';

/**
 * Keeps the arithmetic on sizes within 31 bits; spans are handed on as they come, so no chunk is
 * ever held.
 */
export const MAX_CHUNK_BYTES = 1024 * MIB;

/** Bound on a chunk extension and on the trailer section. */
const MAX_IGNORED_BYTES = 16 * KIB;

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const SEMICOLON = 59;

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer-start'
  | 'trailer'
  | 'trailer-lf'
  | 'end-lf'
  | 'end';

const expectedBy: Record<
  Exclude<State, 'data' | 'extension' | 'trailer' | 'trailer-start'>,
  string
> = {
  size: 'a chunk size',
  'size-lf': 'LF after the chunk size',
  'data-cr': 'CR after the chunk',
  'data-lf': 'LF after the chunk',
  'trailer-lf': 'LF after a trailer field',
  'end-lf': 'LF at the end of the body',
  end: 'nothing after the end of the body',
};

export class ChunkedReader implements ByteReader {
  readonly #body: ByteReader;
  readonly #onEnd: (at: Instant) => void;
  #state: State = 'size';
  /** Size while it is being read, then what is left of the chunk. */
  #chunkBytes = 0;
  #sizeDigits = 0;
  #ignoredBytes = 0;
  /** Bytes of the coded body before the current push. */
  #offset = 0;

  /**
   * `body` gets the decoded spans; `onEnd` is called once, when the last chunk and the trailers
   * were read.
   */
  constructor(body: ByteReader, onEnd: (at: Instant) => void) {
    this.#body = body;
    this.#onEnd = onEnd;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    let i = start;
    while (i < end) {
      if (this.#state === 'data') {
        const spanEnd = Math.min(end, i + this.#chunkBytes);
        this.#chunkBytes -= spanEnd - i;
        if (this.#chunkBytes === 0) this.#state = 'data-cr';
        this.#body.push(buffer, i, spanEnd, at);
        i = spanEnd;
      } else {
        this.#take(buffer[i] as number, i - start);
        i++;
        if (this.#state === 'end') {
          if (i < end) throw this.#unexpected(buffer[i] as number, i - start);
          this.#onEnd(at);
        }
      }
    }
    this.#offset += end - start;
  }

  /** One byte that is not chunk data. */
  #take(byte: number, index: number): void {
    switch (this.#state) {
      case 'size':
        this.#takeSize(byte, index);
        return;
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        else this.#ignore(byte, index, 'chunk extension');
        return;
      case 'size-lf':
        if (byte !== LF) break;
        this.#state = this.#chunkBytes === 0 ? 'trailer-start' : 'data';
        this.#sizeDigits = 0;
        this.#ignoredBytes = 0;
        return;
      case 'data-cr':
        if (byte !== CR) break;
        this.#state = 'data-lf';
        return;
      case 'data-lf':
        if (byte !== LF) break;
        this.#state = 'size';
        return;
      case 'trailer-start':
        this.#state = byte === CR ? 'end-lf' : 'trailer';
        if (byte !== CR) this.#ignore(byte, index, 'trailer section');
        return;
      case 'trailer':
        if (byte === CR) this.#state = 'trailer-lf';
        else this.#ignore(byte, index, 'trailer section');
        return;
      case 'trailer-lf':
        if (byte !== LF) break;
        this.#state = 'trailer-start';
        return;
      case 'end-lf':
        if (byte !== LF) break;
        this.#state = 'end';
        return;
      default:
    }
    throw this.#unexpected(byte, index);
  }

  #takeSize(byte: number, index: number): void {
    const digit = hexDigit(byte);
    if (digit !== undefined) {
      this.#chunkBytes = this.#chunkBytes * 16 + digit;
      this.#sizeDigits++;
      if (this.#chunkBytes > MAX_CHUNK_BYTES || this.#sizeDigits > 16) {
        throw protocolFailure(
          `chunk of more than ${MAX_CHUNK_BYTES} bytes at byte ${this.#offset + index} of the body`,
        );
      }
      return;
    }
    if (this.#sizeDigits === 0) throw this.#unexpected(byte, index);
    if (byte === CR) this.#state = 'size-lf';
    else if (byte === SEMICOLON || byte === SPACE || byte === TAB) this.#state = 'extension';
    else throw this.#unexpected(byte, index);
  }

  #ignore(byte: number, index: number, what: string): void {
    if (byte === LF)
      throw protocolFailure(
        `LF without CR in a ${what}, at byte ${this.#offset + index} of the body`,
      );
    if (++this.#ignoredBytes <= MAX_IGNORED_BYTES) return;
    throw protocolFailure(
      `${what} of more than ${MAX_IGNORED_BYTES} bytes at byte ${this.#offset + index} of the body`,
    );
  }

  #unexpected(byte: number, index: number): StreamFailure {
    const expected = expectedBy[this.#state as keyof typeof expectedBy];
    const found =
      byte > SPACE && byte < 127
        ? `"${String.fromCharCode(byte)}"`
        : `0x${byte.toString(16).padStart(2, '0')}`;
    return protocolFailure(
      `chunked coding: ${found} instead of ${expected}, at byte ${this.#offset + index} of the body`,
    );
  }
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : undefined;
}
