// Calls back when something is due, in order of time, with one timer: thousands of clients may wait
// for their next attempt at once.

import { NS_PER_MS } from '../bench/contract/units.ts';

export type SetTimer = (callback: () => void, delayMs: number) => { cancel: () => void };

export interface DueQueueOptions {
  readonly now: () => number;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: SetTimer | undefined;
}

interface Due {
  readonly atNs: number;
  /** Orders callbacks that are due at one moment: first come, first served. */
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Limit of calls per turn of the event loop. When all clients wait equally long, thousands are due
 * at one moment; without a pause the answers to the first would lie unread until the last has been
 * sent.
 */
const CALLS_PER_TURN = 100;

export class DueQueue {
  readonly #now: () => number;
  readonly #setTimer: SetTimer;
  /** A binary heap, the earliest at index 0. */
  readonly #heap: Due[] = [];
  #scheduled = 0;
  #timer: { cancel: () => void } | undefined;
  #timerAtNs = Number.POSITIVE_INFINITY;

  constructor(options: DueQueueOptions) {
    this.#now = options.now;
    this.#setTimer = options.setTimer ?? setNodeTimer;
  }

  /** Never calls back before `atNs`, nor before this call has returned. */
  schedule(atNs: number, callback: () => void): void {
    this.#heap.push({ atNs, order: this.#scheduled++, callback });
    this.#rise(this.#heap.length - 1);
    this.#arm();
  }

  /** Drops all callbacks that have not been called yet. */
  stop(): void {
    this.#heap.length = 0;
    this.#disarm();
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAtNs = Number.POSITIVE_INFINITY;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.atNs >= this.#timerAtNs) return;
    this.#disarm();
    this.#timerAtNs = first.atNs;
    // Rounded up, because Node truncates to whole ms and would fire early; 1 is its own minimum.
    const delayMs = Math.max(1, Math.ceil((first.atNs - this.#now()) / NS_PER_MS));
    this.#timer = this.#setTimer(() => this.#turn(), delayMs);
  }

  #turn(): void {
    this.#disarm();
    for (let calls = 0; calls < CALLS_PER_TURN; calls++) {
      const first = this.#heap[0];
      if (first === undefined || first.atNs > this.#now()) break;
      this.#takeFirst();
      first.callback();
    }
    this.#arm();
  }

  #takeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#isEarlier(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const child = this.#isEarlier(left + 1, left) ? left + 1 : left;
      if (!this.#isEarlier(child, index)) return;
      this.#swap(index, child);
      index = child;
    }
  }

  #isEarlier(index: number, other: number): boolean {
    const one = this.#heap[index];
    const two = this.#heap[other];
    if (one === undefined || two === undefined) return false;
    return one.atNs < two.atNs || (one.atNs === two.atNs && one.order < two.order);
  }

  #swap(index: number, other: number): void {
    const one = this.#heap[index] as Due;
    this.#heap[index] = this.#heap[other] as Due;
    this.#heap[other] = one;
  }
}

function setNodeTimer(callback: () => void, delayMs: number): { cancel: () => void } {
  const timer = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(timer) };
}
