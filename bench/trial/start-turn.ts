// Trials that run side by side begin one after another: starting processes takes all CPUs of a small machine, and timers of
// the trials that are under way would be late for it.

/** Of one run. */
export class StartTurns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all turns asked for before have ended; a turn ends when it is disposed of. */
  readonly take = async (): Promise<Disposable> => {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return { [Symbol.dispose]: resolve };
  };
}
