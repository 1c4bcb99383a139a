// A body of a known length (RFC 9112 §6.2).

import type { Instant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { protocolFailure } from '../stream-failure.ts';

export class LengthReader implements ByteReader {
  readonly #body: ByteReader;
  readonly #onEnd: (at: Instant) => void;
  #leftBytes: number;

  /**
   * `onEnd` is called once, when the last byte was read; with the first push, at the latest, when
   * there is none.
   */
  constructor(body: ByteReader, bytes: number, onEnd: (at: Instant) => void) {
    this.#body = body;
    this.#leftBytes = bytes;
    this.#onEnd = onEnd;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (end - start > this.#leftBytes)
      throw protocolFailure(`${end - start - this.#leftBytes} bytes follow the end of the body`);
    this.#leftBytes -= end - start;
    this.#body.push(buffer, start, end, at);
    if (this.#leftBytes === 0) this.#onEnd(at);
  }
}
