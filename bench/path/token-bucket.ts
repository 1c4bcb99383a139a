// A limit on bytes per second as a value: how many may pass now, and when more may. Fills evenly
// and holds little, so that a connection that was silent cannot send a large burst at once.

import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';

/** Capacity of the bucket, as time at its rate: over any span t at most t plus this passes. */
const BURST_NS = 10 * NS_PER_MS;

interface TokenBucketOptions {
  readonly bytesPerSecond: number;
  readonly now: () => number;
}

export class TokenBucket {
  readonly #bytesPerNs: number;
  readonly #sizeBytes: number;
  readonly #now: () => number;
  #bytes = 0;
  #filledNs: number;

  constructor({ bytesPerSecond, now }: TokenBucketOptions) {
    this.#bytesPerNs = bytesPerSecond / NS_PER_S;
    // Holds at least one byte, or nothing would ever pass.
    this.#sizeBytes = Math.max(1, this.#bytesPerNs * BURST_NS);
    this.#now = now;
    this.#filledNs = now();
  }

  /**
   * Takes and returns the number of bytes, at most `bytes`, that may pass now: all of them or at
   * least half a bucket. Fewer would let a caller with many bytes ask again at once, take what has
   * come in since, and so occupy the process until all of them have passed.
   */
  take(bytes: number): number {
    this.#fill();
    if (this.#bytes < this.#enough(bytes)) return 0;
    const taken = Math.min(bytes, Math.floor(this.#bytes));
    this.#bytes -= taken;
    return taken;
  }

  /** When a caller with `bytes` may take some or all of them; on its clock. */
  readyNs(bytes: number): number {
    this.#fill();
    return this.#filledNs + Math.max(0, this.#enough(bytes) - this.#bytes) / this.#bytesPerNs;
  }

  /** Half a bucket and no more: who comes some milliseconds late finds it filling still. */
  #enough(bytes: number): number {
    return Math.min(bytes, Math.ceil(this.#sizeBytes / 2));
  }

  #fill(): void {
    const nowNs = this.#now();
    this.#bytes = Math.min(
      this.#sizeBytes,
      this.#bytes + (nowNs - this.#filledNs) * this.#bytesPerNs,
    );
    this.#filledNs = nowNs;
  }
}
