// Holds items for a fixed time with a precision that Node's timers (whole milliseconds, and late)
// do not have: long waits use a timer, the last milliseconds short sleeps between turns of the
// event loop, so that items that arrive meanwhile are noticed.

import { NS_PER_MS, NS_PER_US } from '../contract/units.ts';

/** With less time left than this, a timer would fire too late. */
const TIMER_MARGIN_NS = 2 * NS_PER_MS;
/** Maximum length of a sleep, because nothing is read meanwhile. */
const NAP_NS = 50 * NS_PER_US;
/**
 * No sleep this soon after an arrival: the other tokens of a server's turn follow within some 20 µs
 * each, and a token that arrived during a sleep would be held from the end of the sleep on, so
 * longer than recorded.
 */
const BURST_NS = 400 * NS_PER_US;
/** The kernel wakes a sleeping process about this much late (its default timer slack is 50 µs). */
const WAKE_UP_NS = 80 * NS_PER_US;
/**
 * About one turn of the event loop: a remaining time this short is spent in a busy wait, because
 * another turn would overshoot.
 */
const LAST_NS = 25 * NS_PER_US;

interface Held {
  readonly sinceNs: number;
  readonly release: () => void;
}

export interface HoldOptions {
  readonly now: () => number;
  /** Equal for all items, so that order is kept. */
  readonly forNs: number;
  /** Receives how long each item was really held. */
  readonly onRelease: (heldNs: number) => void;
}

export class Hold {
  readonly #options: HoldOptions;
  readonly #queue: Held[] = [];
  readonly #cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #isWaiting = false;
  #lastNs = 0;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** @param sinceNs Time of arrival. */
  add(sinceNs: number, release: () => void): void {
    this.#queue.push({ sinceNs, release });
    this.#lastNs = sinceNs;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#wait();
  }

  #wait(): void {
    const { now, forNs, onRelease } = this.#options;
    let released = 0;
    for (
      let held = this.#queue[0];
      held !== undefined && now() >= held.sinceNs + forNs - LAST_NS;
      held = this.#queue[released]
    ) {
      while (now() < held.sinceNs + forNs);
      onRelease(now() - held.sinceNs);
      held.release();
      released++;
    }
    if (released > 0) this.#queue.splice(0, released);
    const next = this.#queue[0];
    this.#isWaiting = next !== undefined;
    if (next === undefined) return;
    const leftNs = next.sinceNs + forNs - now();
    if (leftNs > TIMER_MARGIN_NS) {
      setTimeout(() => this.#wait(), (leftNs - TIMER_MARGIN_NS) / NS_PER_MS);
      return;
    }
    const isBurstOver = now() - this.#lastNs > BURST_NS;
    if (isBurstOver && leftNs > NAP_NS + WAKE_UP_NS)
      Atomics.wait(this.#cell, 0, 0, NAP_NS / NS_PER_MS);
    setImmediate(() => this.#wait());
  }
}
