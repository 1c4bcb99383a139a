// Sends heartbeats to every receiver and disconnects those that stop answering. One timer serves
// all: every receiver waits equally long, so the one checked first is due first.
//
// One heartbeat per interval on every connection, busy or not, is the only rule that treats the
// transports alike: the peer receives the same bytes at the same times. Only the answers differ. A
// WebSocket answers a ping (RFC 6455 §5.5.2), so one that does not answer is timed out. An SSE
// comment and an empty line are never answered: such a peer is only noticed by TCP, or by the bytes
// that pile up for it.

import { DEAD_AFTER } from '../bench/contract/reconnect-policy.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import type { StreamSink } from './stream-sink.ts';

/** The part of a receiver that heartbeats need. */
interface Beating {
  readonly sink: Pick<StreamSink, 'heartbeat' | 'isAnswering'> & {
    readonly channel: Pick<StreamSink['channel'], 'writableNeedDrain'>;
  };
}

interface HeartbeatsOptions<R> {
  readonly intervalNs: number;
  readonly now: () => number;
  /** Called when a receiver has not answered for `DEAD_AFTER` intervals. */
  readonly onSilence: (receiver: R) => void;
  /** Replaceable by a test that runs in virtual time. */
  readonly setTimer?: (callback: () => void, delayMs: number) => { cancel: () => void };
}

interface Watch<R> {
  readonly receiver: R;
  dueNs: number;
  isBeatNext: boolean;
  /** When the first heartbeat without an answer was sent. */
  unansweredNs: number | undefined;
}

/** Two checks per interval, because `DEAD_AFTER` contains half an interval. */
const LOOKS_PER_INTERVAL = 2;

export class Heartbeats<R extends Beating> {
  readonly #options: HeartbeatsOptions<R>;
  readonly #lookNs: number;
  readonly #setTimer: (callback: () => void, delayMs: number) => { cancel: () => void };
  /** Ordered by `dueNs`. */
  readonly #watches = new Map<R, Watch<R>>();
  #timer: { cancel: () => void } | undefined;

  constructor(options: HeartbeatsOptions<R>) {
    this.#options = options;
    this.#lookNs = options.intervalNs / LOOKS_PER_INTERVAL;
    this.#setTimer = options.setTimer ?? setNodeTimer;
  }

  add(receiver: R): void {
    this.#watches.set(receiver, {
      receiver,
      dueNs: this.#options.now() + this.#lookNs,
      isBeatNext: false,
      unansweredNs: undefined,
    });
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
      // Moves to the end of the queue; the loop does not reach it again in this turn, because it is
      // due later than now.
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
    // After a stall of this process silence proves nothing: the peers' answers may lie unread in
    // its sockets.
    else if (isLate) watch.unansweredNs = nowNs;
    else if (
      watch.unansweredNs !== undefined &&
      nowNs - watch.unansweredNs >= DEAD_AFTER * this.#options.intervalNs
    ) {
      this.#watches.delete(watch.receiver);
      this.#options.onSilence(watch.receiver);
      return;
    }
    if (watch.isBeatNext && !sink.channel.writableNeedDrain) {
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
