// Receivers with full sockets, and the cap on how far they may fall behind. One timer for all of
// them, and none while there are none.

interface Lagging {
  /** Bytes that came due for the receiver and have not left yet. */
  readonly backlogBytes: () => number;
}

interface SlowReceiversOptions<R> {
  readonly backpressureBytes: number;
  readonly onTooSlow: (receiver: R) => void;
}

/** Interval at which receivers are checked against the cap. */
const CHECK_MS = 100;

export class SlowReceivers<R extends Lagging> {
  readonly #options: SlowReceiversOptions<R>;
  readonly #receivers = new Set<R>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SlowReceiversOptions<R>) {
    this.#options = options;
  }

  add(receiver: R): void {
    this.#receivers.add(receiver);
    this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
  }

  delete(receiver: R): void {
    this.#receivers.delete(receiver);
    if (this.#receivers.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    for (const receiver of this.#receivers) {
      if (receiver.backlogBytes() <= this.#options.backpressureBytes) continue;
      this.delete(receiver);
      this.#options.onTooSlow(receiver);
    }
  }
}
