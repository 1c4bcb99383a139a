// A timer that counts fractions of a millisecond, where Node's count whole ones. A thread sleeps on a
// futex until the moment and then wakes the event loop; neither of the two ever spins, as that would
// be the CPU time that is measured.

import { Worker } from 'node:worker_threads';
import { programPath } from '../bench/contract/program.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { SetTimer } from './pacer.ts';

/** The event loop and the thread share this. */
export interface TimerMemory {
  /** When to wake the event loop: CLOCK_MONOTONIC, ns. */
  readonly wakeNs: BigInt64Array;
  /** `ORDER`, `FIRED`: the number of the latest order, and of the one that was carried out. */
  readonly numbers: Int32Array;
}

export const ORDER = 0;
export const FIRED = 1;

const threadProgram = programPath(import.meta.url, './exact-timer-thread');

/**
 * On a busy machine two threads wait for a CPU in turn, where one would. Node's own timer, this much
 * later, bounds that; sooner it would come early, since it truncates the time that it counts from.
 */
const BACKUP_MS = 1;

/** One timer at a time. */
export class ExactTimer implements Disposable {
  readonly #memory: TimerMemory = {
    wakeNs: new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)),
    numbers: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
  };
  readonly #thread = new Worker(threadProgram, {
    workerData: this.#memory,
    execArgv: [],
  });
  #callback: (() => void) | undefined;
  #backup: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor() {
    this.#thread.unref();
    void this.#listen();
  }

  readonly setTimer: SetTimer = (callback, delayMs) => {
    const { wakeNs, numbers } = this.#memory;
    this.#callback = callback;
    clearTimeout(this.#backup);
    this.#backup = setTimeout(() => this.#fire(), Math.ceil(delayMs) + BACKUP_MS);
    const delayNs = BigInt(Math.round(delayMs * NS_PER_MS));
    Atomics.store(wakeNs, 0, process.hrtime.bigint() + delayNs);
    Atomics.add(numbers, ORDER, 1);
    Atomics.notify(numbers, ORDER);
    return {
      cancel: () => {
        if (this.#callback === callback) this.#drop();
      },
    };
  };

  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#drop();
    void this.#thread.terminate();
  }

  async #listen(): Promise<void> {
    const { numbers } = this.#memory;
    for (let fired = 0; !this.#isStopped;) {
      await Atomics.waitAsync(numbers, FIRED, fired).value;
      fired = Atomics.load(numbers, FIRED);
      // An order that was replaced is carried out, too, but no longer wanted.
      if (fired === Atomics.load(numbers, ORDER)) this.#fire();
    }
  }

  #fire(): void {
    const callback = this.#callback;
    this.#drop();
    callback?.();
  }

  #drop(): void {
    clearTimeout(this.#backup);
    this.#callback = undefined;
  }
}
