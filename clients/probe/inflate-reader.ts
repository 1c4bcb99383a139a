// A compressed body (RFC 9110 §8.4.1.3), read as far as it goes at every read.

import type { Instant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { Inflater } from './inflate.ts';
import { StreamFailure } from '../stream-failure.ts';

export class InflateReader implements ByteReader {
  readonly #inflater = new Inflater('gzip');
  readonly #body: ByteReader;

  constructor(body: ByteReader) {
    this.#body = body;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    this.#inflater.push(buffer, start, end, (bytes, from, to) =>
      this.#body.push(bytes, from, to, at),
    );
  }

  /** @throws StreamFailure when the compressed stream is not whole. */
  end(): void {
    if (!this.#inflater.isEnded)
      throw new StreamFailure('closed-early', 'the compressed stream ended in the middle');
  }
}
