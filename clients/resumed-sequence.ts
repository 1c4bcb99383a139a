// Verifies a stream that outlives its connections: distinguishes replayed tokens, gaps and late
// tokens. One per stream; a token that is the next one costs one comparison and one bit.

import { numberedPlace } from './expected-payload.ts';
import type { ExpectedTokens } from './expected-tokens.ts';

export interface ReceiptCounts {
  /** Distinct tokens, however often they came. */
  distinct: number;
  duplicated: number;
  /** Tokens that came after one that follows them. */
  reordered: number;
  corrupt: number;
}

export function noReceipts(): ReceiptCounts {
  return { distinct: 0, duplicated: 0, reordered: 0, corrupt: 0 };
}

/** Returned instead of a token's place. */
export const SEEN_BEFORE = -1;
export const CORRUPT = -2;

export class ResumedSequence {
  readonly #expected: ExpectedTokens;
  readonly #sourceStart: number;
  readonly #tokens: number;
  readonly #counts: ReceiptCounts;
  readonly #received: Uint8Array;
  /** Tokens that the server declared lost; allocated only when it does so. */
  #declared: Uint8Array | undefined;
  /** 0-based place of the token that should come next on this connection. */
  #next = 0;
  /** One more than the highest place that was received. */
  #end = 0;
  /** All places below it were received or declared lost. */
  #settled = 0;
  #distinct = 0;

  constructor(
    expected: ExpectedTokens,
    options: { sourceStart: number; tokens: number; counts: ReceiptCounts },
  ) {
    this.#expected = expected;
    this.#sourceStart = options.sourceStart;
    this.#tokens = options.tokens;
    this.#counts = options.counts;
    this.#received = new Uint8Array(Math.ceil(options.tokens / 8));
  }

  /**
   * Returns the 0-based place of a token that had not been received, else SEEN_BEFORE or CORRUPT.
   */
  acceptBytes(buffer: Buffer, start: number, end: number): number {
    const next = this.#next;
    if (next < this.#tokens && this.#expected.matches(buffer, start, end, this.#sourceStart, next))
      return this.#accept(next);
    const place = this.#expected.placeOf(buffer, start, end) ?? this.#tokens;
    const isToken =
      place < this.#tokens && this.#expected.matches(buffer, start, end, this.#sourceStart, place);
    return isToken ? this.#accept(place) : this.#refuse();
  }

  /** The same for a consumer that decodes. */
  acceptText(payload: string): number {
    const place = numberedPlace(payload) ?? this.#tokens;
    const isToken =
      place < this.#tokens && payload === this.#expected.payload(this.#sourceStart, place);
    return isToken ? this.#accept(place) : this.#refuse();
  }

  /**
   * Declares tokens [from, to), as 0-based places, lost, as a `gap` event does, even if some of
   * them were received already.
   */
  declareLost(from: number, to: number): void {
    this.#declared ??= new Uint8Array(this.#received.length);
    for (let place = Math.max(0, from); place < Math.min(to, this.#tokens); place++)
      setBit(this.#declared, place);
  }

  /** Call when there is nothing to resume. */
  declareRestLost(): void {
    this.declareLost(this.#end, this.#tokens);
  }

  /**
   * The sequence number to resume after: up to it nothing is missing that was not declared lost.
   * Not the last token received: after a hole that would abandon what a server can still replay.
   */
  resumeAfter(): number {
    while (
      this.#settled < this.#tokens &&
      (this.#has(this.#settled) || this.#isDeclared(this.#settled))
    )
      this.#settled++;
    return this.#settled;
  }

  get isComplete(): boolean {
    return this.#distinct === this.#tokens;
  }

  /** Tokens that are missing now, and of them those that were declared lost. */
  missing(): { lost: number; declared: number } {
    const lost = this.#tokens - this.#distinct;
    let declared = 0;
    if (lost > 0 && this.#declared !== undefined)
      for (let place = 0; place < this.#tokens; place++)
        if (this.#isDeclared(place) && !this.#has(place)) declared++;
    return { lost, declared };
  }

  #accept(place: number): number {
    this.#next = place + 1;
    if (this.#has(place)) {
      this.#counts.duplicated++;
      return SEEN_BEFORE;
    }
    setBit(this.#received, place);
    this.#distinct++;
    this.#counts.distinct++;
    if (place < this.#end) this.#counts.reordered++;
    else this.#end = place + 1;
    return place;
  }

  #refuse(): number {
    this.#counts.corrupt++;
    return CORRUPT;
  }

  #has(place: number): boolean {
    return hasBit(this.#received, place);
  }

  #isDeclared(place: number): boolean {
    return this.#declared !== undefined && hasBit(this.#declared, place);
  }
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] as number) | (1 << (index & 7));
}

function hasBit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] as number) & (1 << (index & 7))) !== 0;
}
