// Parallel trials begin one after another: starting processes takes all CPUs of a small machine,
// which would delay the timers of trials in progress. A trial that times something at its beginning
// keeps its turn until that is over.

/** Start turns of one run. */
export class StartTurns {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all turns requested before have ended; a turn ends when it is disposed of. */
  readonly take = async (): Promise<Disposable> => {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return { [Symbol.dispose]: resolve };
  };
}
