// Holds items for a fixed time with the timers of Node, to half a millisecond: for round trips, beside
// which that is little. Unlike `Hold`, it uses no CPU while it waits, which several relays at a time
// would take from the processes that are measured.

import { NS_PER_MS } from '../contract/units.ts';
import type { HoldOptions } from './hold.ts';

/** Timers have whole milliseconds: what is due within half of one is released, early or late. */
const EARLY_NS = NS_PER_MS / 2;

interface Held {
  readonly sinceNs: number;
  readonly release: () => void;
}

export class CoarseHold {
  readonly #options: HoldOptions;
  readonly #queue: Held[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  /** @param sinceNs Time of arrival. */
  add(sinceNs: number, release: () => void): void {
    this.#queue.push({ sinceNs, release });
    if (this.#timer === undefined) this.#wait();
  }

  /** Drops what is held. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #wait(): void {
    const { now, forNs } = this.#options;
    const first = this.#queue[0];
    if (first === undefined) {
      this.#timer = undefined;
      return;
    }
    const leftNs = first.sinceNs + forNs - now();
    this.#timer = setTimeout(() => this.#release(), Math.max(1, Math.round(leftNs / NS_PER_MS)));
  }

  #release(): void {
    const { now, forNs, onRelease } = this.#options;
    const nowNs = now();
    for (
      let held = this.#queue[0];
      held !== undefined && held.sinceNs + forNs - EARLY_NS <= nowNs;
      held = this.#queue[0]
    ) {
      this.#queue.shift();
      onRelease(nowNs - held.sinceNs);
      held.release();
    }
    this.#wait();
  }
}
