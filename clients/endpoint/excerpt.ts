// The beginning of a body that is no stream, kept for the message that quotes it.

import { KIB } from '../../bench/contract/units.ts';

const MAX_EXCERPT_BYTES = 2 * KIB;

export class Excerpt {
  readonly #bytes = Buffer.alloc(MAX_EXCERPT_BYTES);
  #length = 0;

  get isFull(): boolean {
    return this.#length === MAX_EXCERPT_BYTES;
  }

  /** Text; a character that is cut at the end is left out. */
  get text(): string {
    const text = this.#bytes.toString('utf8', 0, this.#length);
    return this.isFull ? text.replace(/\uFFFD{1,3}$/, '') : text;
  }

  push(bytes: Buffer): void {
    this.#length += bytes.copy(this.#bytes, this.#length);
  }
}
