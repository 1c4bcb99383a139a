// Injects a known delay into single frames of one direction of a session, which the harness must
// find. A frame behind one that is held waits for it, so that order is kept.

import type { InjectionOf } from '../../bench/contract/injection.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';

type Hold = InjectionOf<'hold-frame'> | undefined;

interface Waiting {
  readonly index: number;
  readonly go: () => void;
}

export class FrameHold {
  held = 0;
  readonly #injection: Hold;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param injection Absent, or of another direction: nothing is held. */
  constructor(injection: Hold, direction: 'up' | 'down') {
    this.#injection = injection?.direction === direction ? injection : undefined;
  }

  get isActive(): boolean {
    return this.#injection !== undefined;
  }

  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Calls `go` at once, or after the hold. @param index Number of the frame, from 0. */
  pass(index: number, go: () => void): void {
    const injection = this.#injection;
    if (this.#timer !== undefined) {
      this.#waiting.push({ index, go });
      return;
    }
    if (injection === undefined || index < 0 || index % injection.every !== 0) {
      go();
      return;
    }
    this.held++;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      go();
      this.#goOn();
    }, injection.holdNs / NS_PER_MS);
  }

  #goOn(): void {
    while (this.#timer === undefined) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.pass(next.index, next.go);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.length = 0;
  }
}
