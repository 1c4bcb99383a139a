// Addresses several workers of one kind as one: the servers of an arm, or its load processes.

import type { StampColumns } from '../contract/stamps.ts';
import { mergeStamps } from './merge-tallies.ts';
import type { Worker } from './worker.ts';

export class ProcessGroup<In extends { kind: string }> implements AsyncDisposable {
  readonly workers: readonly Worker<In>[];

  constructor(workers: readonly Worker<In>[]) {
    this.workers = workers;
  }

  get pids(): number[] {
    return this.workers.map(({ pid }) => pid);
  }

  send(message: object): void {
    for (const worker of this.workers) worker.send(message);
  }

  sendEach(messageOf: (index: number) => object): void {
    for (const [index, worker] of this.workers.entries()) worker.send(messageOf(index));
  }

  /**
   * One message of each, in their order. @throws the error of the first of them to fail, as
   * `Worker.expect` does.
   */
  async expect<Kind extends In['kind']>(
    kind: Kind,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Extract<In, { kind: Kind }>[]> {
    return await Promise.all(
      this.workers.map(async (worker) => await worker.expect(kind, timeoutMs, signal)),
    );
  }

  async stamps(): Promise<StampColumns> {
    return await mergeStamps(this.workers.map((worker) => async () => await worker.stamps()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.workers.map(async (worker) => await worker[Symbol.asyncDispose]()));
  }
}
