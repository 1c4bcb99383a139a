// Verifies every stream: contiguous, exactly once, in order, the right text, and the announced
// hash. One per stream; a token that is as expected costs one comparison, everything else takes the
// slow path that names what went wrong.

import { createHash, type Hash } from 'node:crypto';
import { hashChunk } from '../bench/contract/workload.ts';
import { API_MESSAGE, type ApiMessageCheck } from './api-messages.ts';
import type { ExpectedTokens } from './expected-tokens.ts';

export interface IntegrityCounts {
  lost: number;
  duplicated: number;
  reordered: number;
  corrupt: number;
  hashMismatches: number;
}

/** Payloads that may come in place of a planned token, which is not sent then. */
export interface OtherPayloads {
  /** Whether bytes [start, end) are one of them, as the token of that 0-based place. */
  readonly accepts: (buffer: Buffer, start: number, end: number, index: number) => boolean;
}

export function noFaults(): IntegrityCounts {
  return { lost: 0, duplicated: 0, reordered: 0, corrupt: 0, hashMismatches: 0 };
}

/** Search range for an unnumbered token that is not the expected one, in both directions. */
const SEARCH_TOKENS = 64;

export class SequenceCheck {
  readonly #expected: ExpectedTokens;
  readonly #sourceStart: number;
  readonly #tokens: number;
  readonly #counts: IntegrityCounts;
  readonly #apiMessages: ApiMessageCheck | undefined;
  readonly #others: OtherPayloads | undefined;
  /** 0-based place of the token that should come next. */
  #next = 0;
  /** Places that were skipped and may yet come, late; made only when a token is skipped. */
  #skipped: Set<number> | undefined;
  #faults = 0;
  #receivedText = '';
  #receivedChunks: Hash | undefined;

  constructor(
    expected: ExpectedTokens,
    options: {
      sourceStart: number;
      tokens: number;
      counts: IntegrityCounts;
      /** Present where an API sends messages around the tokens. */
      apiMessages?: ApiMessageCheck | undefined;
      others?: OtherPayloads | undefined;
    },
  ) {
    this.#expected = expected;
    this.#sourceStart = options.sourceStart;
    this.#tokens = options.tokens;
    this.#counts = options.counts;
    this.#apiMessages = options.apiMessages;
    this.#others = options.others;
  }

  /**
   * Returns the token's 0-based place, -1 when it is none that the stream should have now, and
   * API_MESSAGE for the next message of an API.
   */
  acceptBytes(buffer: Buffer, start: number, end: number): number {
    const index = this.#next;
    if (
      index < this.#tokens &&
      this.#expected.matches(buffer, start, end, this.#sourceStart, index)
    ) {
      this.#next = index + 1;
      return index;
    }
    if (index < this.#tokens && this.#others?.accepts(buffer, start, end, index) === true) {
      this.#next = index + 1;
      return index;
    }
    if (this.#apiMessages?.accepts(buffer.toString('utf8', start, end), this.#next) === true)
      return API_MESSAGE;
    return this.#acceptOther((place) =>
      this.#expected.matches(buffer, start, end, this.#sourceStart, place),
    );
  }

  /**
   * The same for a consumer that decodes: the text is taken out of the JSON and hashed at the end,
   * bytes out of their base64 and hashed as they come.
   */
  acceptText(payload: string): number {
    const index = this.#next;
    this.#keep(textOf(payload) ?? '');
    if (index < this.#tokens && payload === this.#expected.payload(this.#sourceStart, index)) {
      this.#next = index + 1;
      return index;
    }
    if (this.#apiMessages?.accepts(payload, this.#next) === true) return API_MESSAGE;
    return this.#acceptOther(
      (place) => this.#expected.payload(this.#sourceStart, place) === payload,
    );
  }

  #keep(text: string): void {
    if (this.#expected.areBytes) {
      this.#receivedChunks ??= createHash('sha256');
      this.#receivedChunks.update(hashChunk(Buffer.from(text, 'base64')));
    } else {
      this.#receivedText += text;
    }
  }

  /** @param isAt Whether the message is that of the token at a place. */
  #acceptOther(isAt: (place: number) => boolean): number {
    this.#faults++;
    const place = this.#findPlace(isAt);
    if (place === undefined) {
      this.#counts.corrupt++;
      if (this.#next < this.#tokens) this.#next++;
      return -1;
    }
    if (place >= this.#next) {
      this.#skipped ??= new Set();
      for (let missing = this.#next; missing < place; missing++) this.#skipped.add(missing);
      this.#counts.lost += place - this.#next;
      this.#next = place + 1;
      return place;
    }
    if (this.#skipped?.delete(place) === true) {
      this.#counts.lost--;
      this.#counts.reordered++;
      return place;
    }
    this.#counts.duplicated++;
    return -1;
  }

  /** Nearest place, ahead first, whose message this is. */
  #findPlace(isAt: (place: number) => boolean): number | undefined {
    for (let distance = 0; distance <= SEARCH_TOKENS; distance++) {
      const ahead = this.#next + distance;
      if (ahead < this.#tokens && isAt(ahead)) return ahead;
      const behind = this.#next - 1 - distance;
      if (behind >= 0 && isAt(behind)) return behind;
    }
    return undefined;
  }

  /**
   * Call at the stream's end; `announced` is the hash of its `done` event. When every token's bytes
   * were equal to the known text, the received text is that text and has its hash, `plannedSha256`.
   * A decoding consumer hashes what it decoded.
   */
  finish(announced: string | undefined, plannedSha256: () => string): boolean {
    this.#counts.lost += this.#tokens - this.#next;
    if (this.#next < this.#tokens) this.#faults++;
    const received =
      this.#receivedChunks?.digest('hex') ??
      (this.#receivedText === ''
        ? plannedSha256()
        : createHash('sha256').update(this.#receivedText).digest('hex'));
    const isSame = announced === received;
    if (!isSame) this.#counts.hashMismatches++;
    return isSame && this.#faults === 0 && this.#apiMessages?.isWhole !== false;
  }
}

/** The text of the token in a payload; undefined when there is none. */
function textOf(payload: string): string | undefined {
  try {
    const { d, delta, choices } = JSON.parse(payload) as {
      d?: unknown;
      delta?: string | { text?: unknown };
      choices?: { delta?: { content?: unknown } }[];
    };
    const ofDelta = typeof delta === 'object' ? delta.text : delta;
    const text = d ?? ofDelta ?? choices?.[0]?.delta?.content;
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}
