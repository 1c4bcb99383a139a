// Signs of life to every receiver, and the end of those that give none. One timer for all: everybody waits equally long, so
// whoever was seen first is due first.
//
// A heartbeat every interval on every connection, busy or not, is the one rule that treats the transports alike: the peer's
// side sees the same bytes at the same times. Only what comes back differs. A WebSocket answers a ping (RFC 6455 §5.5.2), so
// one that does not answer is given up. An SSE comment and an empty line are never answered: such a peer is only noticed by
// TCP, or by the bytes that pile up for it.

import { DEAD_AFTER } from '../bench/contract/reconnect-policy.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { StreamSink } from './stream-sink.ts';

/** A receiver as the heartbeats see it. */
interface Beating {
  readonly sink: Pick<StreamSink, 'heartbeat' | 'isAnswering'> & { readonly socket: Pick<StreamSink['socket'], 'writableNeedDrain'> };
}

interface HeartbeatsOptions<R> {
  readonly intervalNs: number;
  readonly now: () => number;
  /** It did not answer for `DEAD_AFTER` intervals. */
  readonly onSilence: (receiver: R) => void;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: (callback: () => void, delayMs: number) => { cancel: () => void };
}

interface Watch<R> {
  readonly receiver: R;
  dueNs: number;
  isBeatNext: boolean;
  /** When the first heartbeat was sent that has no answer. */
  unansweredNs: number | undefined;
}

/** Looks twice an interval, so that half intervals can be told: `DEAD_AFTER` has one. */
const LOOKS_PER_INTERVAL = 2;

export class Heartbeats<R extends Beating> {
  readonly #options: HeartbeatsOptions<R>;
  readonly #lookNs: number;
  readonly #setTimer: (callback: () => void, delayMs: number) => { cancel: () => void };
  /** In order of `dueNs`. */
  readonly #watches = new Map<R, Watch<R>>();
  #timer: { cancel: () => void } | undefined;

  constructor(options: HeartbeatsOptions<R>) {
    this.#options = options;
    this.#lookNs = options.intervalNs / LOOKS_PER_INTERVAL;
    this.#setTimer = options.setTimer ?? setNodeTimer;
  }

  add(receiver: R): void {
    this.#watches.set(receiver, { receiver, dueNs: this.#options.now() + this.#lookNs, isBeatNext: false, unansweredNs: undefined });
    this.#arm();
  }

  delete(receiver: R): void {
    this.#watches.delete(receiver);
    if (this.#watches.size === 0) this.stop();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #arm(): void {
    const first = this.#watches.values().next().value;
    if (first === undefined || this.#timer !== undefined) return;
    const delayMs = (first.dueNs - this.#options.now()) / NS_PER_MS;
    this.#timer = this.#setTimer(() => this.#turn(), Math.max(1, Math.ceil(delayMs)));
  }

  #turn(): void {
    this.#timer = undefined;
    const nowNs = this.#options.now();
    for (const watch of this.#watches.values()) {
      if (watch.dueNs > nowNs) break;
      // To the end of the queue; the loop does not meet it again in this turn, because it is due later than now.
      this.#watches.delete(watch.receiver);
      const isLate = nowNs - watch.dueNs > this.#lookNs;
      watch.dueNs = nowNs + this.#lookNs;
      this.#watches.set(watch.receiver, watch);
      this.#look(watch, nowNs, isLate);
    }
    this.#arm();
  }

  #look(watch: Watch<R>, nowNs: number, isLate: boolean): void {
    const { sink } = watch.receiver;
    if (sink.isAnswering() !== false) watch.unansweredNs = undefined;
    // A process that stood still cannot tell whether its peers did: their answers lie unread in its sockets.
    else if (isLate) watch.unansweredNs = nowNs;
    else if (watch.unansweredNs !== undefined && nowNs - watch.unansweredNs >= DEAD_AFTER * this.#options.intervalNs) {
      this.#watches.delete(watch.receiver);
      this.#options.onSilence(watch.receiver);
      return;
    }
    if (watch.isBeatNext && !sink.socket.writableNeedDrain) {
      sink.heartbeat();
      watch.unansweredNs ??= nowNs;
    }
    watch.isBeatNext = !watch.isBeatNext;
  }
}

function setNodeTimer(callback: () => void, delayMs: number): { cancel: () => void } {
  const timer = setTimeout(callback, delayMs);
  return { cancel: () => clearTimeout(timer) };
}
