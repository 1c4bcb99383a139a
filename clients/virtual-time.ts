// Test fixture: a clock and timers that move when the test says so.

import { asInstant, NS_PER_MS, type Instant } from '../bench/contract/units.ts';

interface Timer {
  readonly atNs: number;
  readonly callback: () => void;
}

export class VirtualTime {
  #nowNs = 0;
  readonly #timers = new Set<Timer>();
  /** The most timers that were set at one moment. */
  mostTimers = 0;

  readonly now = (): Instant => asInstant(this.#nowNs);

  readonly setTimer = (callback: () => void, delayMs: number): { cancel: () => void } => {
    const timer = { atNs: this.#nowNs + delayMs * NS_PER_MS, callback };
    this.#timers.add(timer);
    this.mostTimers = Math.max(this.mostTimers, this.#timers.size);
    return { cancel: () => this.#timers.delete(timer) };
  };

  /** Fires all timers that are due until then, in order. */
  advanceTo(ns: number): void {
    for (;;) {
      const due = [...this.#timers]
        .filter((timer) => timer.atNs <= ns)
        .sort((a, b) => a.atNs - b.atNs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowNs = Math.max(this.#nowNs, due.atNs);
      due.callback();
    }
    this.#nowNs = ns;
  }

  /** Simulates a stall of the process: no timer fires meanwhile. */
  stallUntil(ns: number): void {
    this.#nowNs = ns;
  }
}
