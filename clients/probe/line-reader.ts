// Messages that end with LF: the null arm's framing. A message within one read is handed on in
// place.

import type { Instant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { Carry } from './carry.ts';

/** A message as bytes [start, end) of a buffer that is only valid during the call. */
export type OnMessage = (buffer: Buffer, start: number, end: number, at: Instant) => void;

const LF = 10;

export class LineReader implements ByteReader {
  readonly #onMessage: OnMessage;
  readonly #unfinished = new Carry('a line');

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  get hasUnfinishedLine(): boolean {
    return this.#unfinished.length > 0;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    let lineStart = start;
    // The search has no end of its own: past `end` it may find what an earlier read left in the
    // buffer.
    while (lineStart < end) {
      const lineEnd = buffer.indexOf(LF, lineStart);
      if (lineEnd === -1 || lineEnd >= end) {
        this.#unfinished.append(buffer, lineStart, end);
        return;
      }
      if (this.#unfinished.length === 0) {
        this.#onMessage(buffer, lineStart, lineEnd, at);
      } else {
        this.#unfinished.append(buffer, lineStart, lineEnd);
        const lineBytes = this.#unfinished.length;
        this.#unfinished.clear();
        this.#onMessage(this.#unfinished.bytes, 0, lineBytes, at);
        this.#unfinished.giveBack();
      }
      lineStart = lineEnd + 1;
    }
  }
}
