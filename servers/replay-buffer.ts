// The last tokens of one stream, so that a resuming receiver can be sent what it missed. Bounded by
// count and by bytes: tokens beyond a limit are dropped at once, the oldest first. Tokens that are
// bytes are kept as such, so that as many are kept over text as over binary messages.

import type { Payload } from '../bench/contract/payload.ts';

export interface ReplayLimits {
  readonly bufferTokens: number;
  /** Limit on the payloads in UTF-8, or on their bytes before base64, without any framing. */
  readonly bufferBytes: number;
}

const FIRST_SLOTS = 16;

export class ReplayBuffer {
  readonly #limits: ReplayLimits;
  /**
   * A ring buffer: a token lies at its sequence modulo the length, which is doubled as needed up to
   * the limit.
   */
  #payloads: (Payload | undefined)[] = [];
  #payloadBytes: number[] = [];
  #oldest: number;
  #next: number;
  #bytes = 0;

  /** @param first The sequence number that will be appended first. */
  constructor(limits: ReplayLimits, first = 1) {
    this.#limits = limits;
    this.#oldest = first;
    this.#next = first;
  }

  /** Sequence number of the oldest token kept, or of the next one to come when none is kept. */
  get oldest(): number {
    return this.#oldest;
  }

  get tokens(): number {
    return this.#next - this.#oldest;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns how many tokens were dropped; the appended one may be among them. */
  append(payload: Payload): number {
    const payloadBytes =
      typeof payload === 'string' ? Buffer.byteLength(payload) : payload.chunk.length;
    if (this.tokens === this.#payloads.length) this.#grow();
    const slot = this.#next % this.#payloads.length;
    this.#payloads[slot] = payload;
    this.#payloadBytes[slot] = payloadBytes;
    this.#next++;
    this.#bytes += payloadBytes;
    let dropped = 0;
    while (this.tokens > this.#limits.bufferTokens || this.#bytes > this.#limits.bufferBytes) {
      this.dropOldest();
      dropped++;
    }
    return dropped;
  }

  /**
   * Passes over the next token without keeping it, and drops all before it: a buffer has no holes.
   */
  skip(): void {
    this.clear();
    this.#next++;
    this.#oldest = this.#next;
  }

  /** Returns undefined for a token that was dropped, or has not come yet. */
  payload(sequence: number): Payload | undefined {
    return sequence < this.#oldest || sequence >= this.#next
      ? undefined
      : this.#payloads[sequence % this.#payloads.length];
  }

  dropOldest(): void {
    if (this.tokens === 0) return;
    const slot = this.#oldest % this.#payloads.length;
    this.#bytes -= this.#payloadBytes[slot] as number;
    this.#payloads[slot] = undefined;
    this.#oldest++;
  }

  /** Drops everything, the ring included; returns how many tokens that were. */
  clear(): number {
    const dropped = this.tokens;
    this.#payloads = [];
    this.#payloadBytes = [];
    this.#oldest = this.#next;
    this.#bytes = 0;
    return dropped;
  }

  #grow(): void {
    // One more than the limit: the newest is in the ring before the oldest is dropped.
    const slots = Math.min(
      Math.max(FIRST_SLOTS, 2 * this.#payloads.length),
      this.#limits.bufferTokens + 1,
    );
    const payloads = Array.from<Payload | undefined>({ length: slots });
    const payloadBytes = Array.from({ length: slots }, () => 0);
    for (let sequence = this.#oldest; sequence < this.#next; sequence++) {
      payloads[sequence % slots] = this.#payloads[sequence % this.#payloads.length];
      payloadBytes[sequence % slots] = this.#payloadBytes[
        sequence % this.#payloads.length
      ] as number;
    }
    this.#payloads = payloads;
    this.#payloadBytes = payloadBytes;
  }
}
