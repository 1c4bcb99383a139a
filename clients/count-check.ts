// The lighter check of a stream: as many tokens and as many payload bytes as planned. A missing or
// repeated token, or one of another length, shows in them; a text of the same length does not,
// which is why some streams of a trial are verified whole.

import type { ExpectedPayload } from './expected-payload.ts';
import type { IntegrityCounts } from './sequence.ts';

interface CountedStream {
  readonly sourceStart: number;
  readonly tokens: number;
  readonly counts: IntegrityCounts;
}

export class CountCheck {
  readonly #expected: ExpectedPayload;
  readonly #stream: CountedStream;
  #received = 0;
  #receivedBytes = 0;

  constructor(expected: ExpectedPayload, stream: CountedStream) {
    this.#expected = expected;
    this.#stream = stream;
  }

  /** Returns the token's 0-based place, or -1 for one beyond the last. */
  acceptBytes(_buffer: Buffer, start: number, end: number): number {
    return this.#count(end - start);
  }

  acceptText(payload: string): number {
    return this.#count(Buffer.byteLength(payload));
  }

  #count(bytes: number): number {
    this.#receivedBytes += bytes;
    const index = this.#received++;
    return index < this.#stream.tokens ? index : -1;
  }

  /**
   * Call at the stream's end: whether it had the tokens and bytes of its plan. Neither hash is
   * checked.
   */
  finish(_announced: string | undefined, _plannedSha256: () => string): boolean {
    const { sourceStart, tokens, counts } = this.#stream;
    counts.lost += Math.max(0, tokens - this.#received);
    counts.duplicated += Math.max(0, this.#received - tokens);
    if (this.#received !== tokens) return false;
    let plannedBytes = 0;
    for (let index = 0; index < tokens; index++)
      plannedBytes += this.#expected.payloadBytes(sourceStart, index);
    if (this.#receivedBytes === plannedBytes) return true;
    counts.corrupt++;
    return false;
  }
}
