// Waits for messages of a worker by their kind, until it fails.

import { BenchError } from '../contract/errors.ts';

interface Wait<In> {
  readonly accepts: (message: In) => boolean;
  readonly resolve: (message: In) => void;
  readonly reject: (error: unknown) => void;
}

export class Expectations<In extends { kind: string }> {
  readonly #name: string;
  readonly #waits = new Set<Wait<In>>();
  #failure: BenchError | undefined;

  /** @param name Of the worker, for errors. */
  constructor(name: string) {
    this.#name = name;
  }

  get failure(): BenchError | undefined {
    return this.#failure;
  }

  hear(message: In): void {
    for (const wait of this.#waits) {
      if (!wait.accepts(message)) continue;
      this.#waits.delete(wait);
      wait.resolve(message);
    }
  }

  /** Keeps only the first failure, which is the cause of later ones. */
  fail(error: BenchError): void {
    this.#failure ??= error;
    for (const wait of this.#waits) wait.reject(this.#failure);
    this.#waits.clear();
  }

  /**
   * @param timeoutMs undefined to wait as long as the worker lives. @throws BenchError CHILD_SILENT,
   * or the failure.
   */
  async expect<Kind extends In['kind']>(
    kind: Kind,
    timeoutMs: number | undefined,
    signal: AbortSignal,
  ): Promise<Extract<In, { kind: Kind }>> {
    if (this.#failure !== undefined) throw this.#failure;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Extract<In, { kind: Kind }>>();
    const wait: Wait<In> = {
      accepts: (message) => message.kind === kind,
      resolve: (message) => resolve(message as Extract<In, { kind: Kind }>),
      reject,
    };
    const beSilent = (waitedMs: number): void =>
      reject(
        new BenchError(
          'CHILD_SILENT',
          `the ${this.#name} process did not say "${kind}" within ${waitedMs / 1000} s`,
        ),
      );
    const timer = timeoutMs === undefined ? undefined : setTimeout(beSilent, timeoutMs, timeoutMs);
    const stop = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
    this.#waits.add(wait);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      this.#waits.delete(wait);
    }
  }
}
