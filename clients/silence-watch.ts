// Detects connections, and attempts, without a byte for too long. It polls the sockets' byte counts
// at an interval instead of observing every read, so that it costs a token nothing.

import { DEAD_AFTER } from '../bench/contract/reconnect-policy.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { SetTimer } from './due-queue.ts';

export interface SilenceWatchOptions {
  readonly streams: number;
  readonly heartbeatNs: number;
  readonly now: () => number;
  /** undefined without a connection, which counts as no byte. */
  readonly bytesRead: (stream: number) => number | undefined;
  /** Called for a stream that is then no longer watched. */
  readonly onSilent: (stream: number) => void;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: SetTimer | undefined;
}

const INTERVALS_PER_HEARTBEAT = 50;
const MIN_INTERVAL_NS = 10 * NS_PER_MS;

export function watchIntervalNs(heartbeatNs: number): number {
  return Math.max(MIN_INTERVAL_NS, heartbeatNs / INTERVALS_PER_HEARTBEAT);
}

/**
 * A byte is seen up to one interval after it came, and a timeout up to one interval after it is
 * reached: from the last byte to `onSilent` it takes `DEAD_AFTER` heartbeats and at most two
 * intervals more, plus the lateness of the timer.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #setTimer: SetTimer;
  readonly #deadAfterNs: number;
  readonly #intervalMs: number;
  readonly #isWatched: Uint8Array;
  readonly #bytesRead: Float64Array;
  /** When the byte count was last seen to change, or the watch on the stream began. */
  readonly #changedNs: Float64Array;
  #timer: { cancel: () => void } | undefined;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
    this.#setTimer = options.setTimer ?? setTimerBehindReads;
    this.#deadAfterNs = DEAD_AFTER * options.heartbeatNs;
    this.#intervalMs = watchIntervalNs(options.heartbeatNs) / NS_PER_MS;
    this.#isWatched = new Uint8Array(options.streams);
    this.#bytesRead = new Float64Array(options.streams);
    this.#changedNs = new Float64Array(options.streams);
    this.#wait();
  }

  /** Starts to watch an attempt that begins or an open connection. */
  begin(stream: number): void {
    this.#isWatched[stream] = 1;
    this.#bytesRead[stream] = this.#options.bytesRead(stream) ?? 0;
    this.#changedNs[stream] = this.#options.now();
  }

  end(stream: number): void {
    this.#isWatched[stream] = 0;
  }

  stop(): void {
    this.#isWatched.fill(0);
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#setTimer(() => {
      this.#wait();
      this.#look();
    }, this.#intervalMs);
  }

  #look(): void {
    const nowNs = this.#options.now();
    for (let stream = 0; stream < this.#isWatched.length; stream++) {
      if (this.#isWatched[stream] === 0) continue;
      const bytes = this.#options.bytesRead(stream) ?? 0;
      if (bytes !== this.#bytesRead[stream]) {
        this.#bytesRead[stream] = bytes;
        this.#changedNs[stream] = nowNs;
      } else if (nowNs - (this.#changedNs[stream] as number) >= this.#deadAfterNs) {
        this.#isWatched[stream] = 0;
        this.#options.onSilent(stream);
      }
    }
  }
}

/**
 * Node runs timers before it reads sockets. After a stall of this process the bytes that came
 * meanwhile would still lie in the kernel and living connections would look dead; so the callback
 * waits until the sockets were read.
 */
function setTimerBehindReads(callback: () => void, delayMs: number): { cancel: () => void } {
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(callback);
  }, delayMs);
  return {
    cancel: () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    },
  };
}
