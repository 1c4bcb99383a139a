// Account of what one receiver got of a stream, and whether it is complete: every token is checked
// by its sequence number. It holds no element of the page and reads no clock.

/** Number of gaps between tokens that are kept for the plot. */
export const KEPT_GAPS = 240;

/**
 * @typedef {object} Token
 * @property {number} s Sequence number, from 1.
 * @property {string} d Text.
 */

export class StreamAccount {
  #startedMs;
  /** @type {number | undefined} */
  #firstMs;
  /** @type {number | undefined} */
  #lastMs;
  /** Sequence number of the token that is expected next. */
  #next = 1;
  /** Sequence numbers that were skipped, and have not come since. */
  #missing = new Set();
  /** @type {string | undefined} */
  #epoch;
  /** @type {string[]} */
  #texts = [];
  /** Last gaps between tokens, ms, oldest first. @type {number[]} */
  gapsMs = [];
  /** Includes repeated tokens. */
  tokens = 0;
  repeated = 0;
  /** Tokens that came after one that follows them. */
  late = 0;
  payloadBytes = 0;
  framedBytes = 0;
  /** Tokens of the whole stream, as its first event says. @type {number | undefined} */
  expected;

  /** @param {number} startedMs When the stream was requested. */
  constructor(startedMs) {
    this.#startedMs = startedMs;
  }

  /** @param {{ epoch: string, n: number }} event The first event of each connection. */
  open({ epoch, n }) {
    this.#epoch = epoch;
    this.expected = n;
  }

  /**
   * @param {Token} token
   * @param {number} atMs
   */
  token({ s, d }, atMs) {
    if (this.#lastMs !== undefined) {
      this.gapsMs.push(atMs - this.#lastMs);
      if (this.gapsMs.length > KEPT_GAPS) this.gapsMs.shift();
    }
    this.#firstMs ??= atMs;
    this.#lastMs = atMs;
    this.tokens++;
    this.#texts.push(d);
    if (s < this.#next) {
      if (this.#missing.delete(s)) this.late++;
      else this.repeated++;
      return;
    }
    for (let passed = this.#next; passed < s; passed++) this.#missing.add(passed);
    this.#next = s + 1;
  }

  /** Cursor to resume from; undefined before the first event, which names the stream. */
  get cursor() {
    return this.#epoch === undefined ? undefined : `${this.#epoch}.${this.#next - 1}`;
  }

  get lost() {
    return this.#missing.size;
  }

  /** All received text, in the order in which it came. */
  get text() {
    return this.#texts.join('');
  }

  /** Time from the request to the first token; undefined before it. */
  get firstTokenMs() {
    return this.#firstMs === undefined ? undefined : this.#firstMs - this.#startedMs;
  }

  /** Mean rate from the first token to the last, so at least two are needed. */
  get tokensPerSecond() {
    if (this.#firstMs === undefined || this.#lastMs === undefined || this.#lastMs === this.#firstMs)
      return undefined;
    return ((this.tokens - 1) * 1000) / (this.#lastMs - this.#firstMs);
  }

  /**
   * Call when the stream is over: what has not come by now is lost. @param {number} tokens Tokens
   * of the whole stream.
   */
  finish(tokens) {
    for (let passed = this.#next; passed <= tokens; passed++) this.#missing.add(passed);
    this.#next = Math.max(this.#next, tokens + 1);
    this.expected = tokens;
  }

  /** True when every token came once and in order. Call after `finish`. */
  get isWhole() {
    return (
      this.lost === 0 && this.repeated === 0 && this.late === 0 && this.tokens === this.expected
    );
  }
}

/**
 * Describes in a sentence what was received. Call after `finish`.
 * @param {StreamAccount} account
 */
export function describeAccount(account) {
  const { expected = 0, tokens, lost, repeated, late } = account;
  const total = expected.toLocaleString('en');
  if (account.isWhole) return `All ${total} tokens, in order, none repeated.`;
  const faults = [
    ...(lost > 0 ? [`${lost.toLocaleString('en')} lost`] : []),
    ...(repeated > 0 ? [`${repeated.toLocaleString('en')} repeated`] : []),
    ...(late > 0 ? [`${late.toLocaleString('en')} out of order`] : []),
    ...(tokens - repeated > expected ? ['more than the stream has'] : []),
  ];
  return `${(tokens - repeated).toLocaleString('en')} of ${total} tokens: ${faults.join(', ')}.`;
}

/**
 * @param {readonly number[]} values
 * @returns {number | undefined}
 */
export function medianOf(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
