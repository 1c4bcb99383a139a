// The lighter check of a stream: as many tokens and as many payload bytes as planned. A missing or
// repeated token, or one of another length, shows in them; a text of the same length does not,
// which is why some streams of a trial are verified whole.

import { API_MESSAGE, type ApiMessageCheck } from './api-messages.ts';
import type { ExpectedTokens } from './expected-tokens.ts';
import type { IntegrityCounts } from './sequence.ts';

interface CountedStream {
  readonly sourceStart: number;
  readonly tokens: number;
  readonly counts: IntegrityCounts;
  readonly apiMessages?: ApiMessageCheck | undefined;
}

export class CountCheck {
  readonly #expected: ExpectedTokens;
  readonly #stream: CountedStream;
  #received = 0;
  #receivedBytes = 0;

  constructor(expected: ExpectedTokens, stream: CountedStream) {
    this.#expected = expected;
    this.#stream = stream;
  }

  /**
   * Returns the token's 0-based place, -1 for one beyond the last, and API_MESSAGE for the next
   * message of an API.
   */
  acceptBytes(buffer: Buffer, start: number, end: number): number {
    if (this.#expectsApiMessage && this.#isApiMessage(buffer.toString('utf8', start, end)))
      return API_MESSAGE;
    return this.#count(end - start);
  }

  acceptText(payload: string): number {
    if (this.#expectsApiMessage && this.#isApiMessage(payload)) return API_MESSAGE;
    return this.#count(Buffer.byteLength(payload));
  }

  /** Among the tokens none is looked for, which would cost a decoding of each. */
  get #expectsApiMessage(): boolean {
    const { apiMessages, tokens } = this.#stream;
    return this.#received === 0
      ? apiMessages?.isPreambleDue === true
      : apiMessages !== undefined && this.#received >= tokens;
  }

  #isApiMessage(message: string): boolean {
    return this.#stream.apiMessages?.accepts(message, this.#received) === true;
  }

  #count(bytes: number): number {
    this.#receivedBytes += bytes;
    const index = this.#received++;
    return index < this.#stream.tokens ? index : -1;
  }

  /**
   * Call at the stream's end: whether it had the tokens, bytes and API messages of its plan.
   * Neither hash is checked.
   */
  finish(_announced: string | undefined, _plannedSha256: () => string): boolean {
    const { sourceStart, tokens, counts } = this.#stream;
    counts.lost += Math.max(0, tokens - this.#received);
    counts.duplicated += Math.max(0, this.#received - tokens);
    if (this.#received !== tokens || this.#stream.apiMessages?.isWhole === false) return false;
    let plannedBytes = 0;
    for (let index = 0; index < tokens; index++)
      plannedBytes += this.#expected.payloadBytes(sourceStart, index);
    if (this.#receivedBytes === plannedBytes) return true;
    counts.corrupt++;
    return false;
  }
}
