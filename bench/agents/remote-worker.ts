// A worker that is a process of an agent.

import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { AgentEvent, StartProcess } from '../contract/agent-messages.ts';
import { BenchError, errorCodes, messageOf, type ErrorCode } from '../contract/errors.ts';
import { parseStamps, writeStamps, type StampColumns } from '../contract/stamps.ts';
import { Expectations } from '../trial/expectations.ts';
import type { Worker } from '../trial/worker.ts';
import type { Member } from './member.ts';

export interface RemoteWorkerOptions<In extends { kind: string }> {
  readonly member: Member;
  readonly order: StartProcess;
  readonly schema: z.ZodType<In>;
  /** Moves stamps to the clock of the reference. */
  readonly correct: (columns: StampColumns) => void;
  /** Its stamps are kept here; undefined keeps none. */
  readonly stampsFile: string | undefined;
}

export class RemoteWorker<In extends { kind: string }> implements Worker<In> {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly member: Member;
  readonly #options: RemoteWorkerOptions<In>;
  readonly #expectations: Expectations<In>;
  #saidAtMs = performance.now();
  onMessage: ((message: In) => void) | undefined;

  private constructor(options: RemoteWorkerOptions<In>, pid: number) {
    const { member, order } = options;
    this.name = `${order.name} (agent ${member.announcement.name})`;
    this.host = member.announcement.address;
    this.pid = pid;
    this.member = member;
    this.#options = options;
    this.#expectations = new Expectations(this.name);
  }

  /** @throws BenchError */
  static async start<In extends { kind: string }>(
    options: RemoteWorkerOptions<In>,
  ): Promise<RemoteWorker<In>> {
    const { pid } = await options.member.order<'start-process'>(options.order);
    return new RemoteWorker(options, pid);
  }

  get silentMs(): number {
    return performance.now() - this.#saidAtMs;
  }

  /** Events of the agent about this process; others are left to others. */
  hear(event: AgentEvent): void {
    if (!('process' in event) || event.process !== this.#options.order.process) return;
    this.#saidAtMs = performance.now();
    if (event.kind === 'failed') {
      const code = Object.hasOwn(errorCodes, event.code) ? (event.code as ErrorCode) : 'CHILD_DIED';
      const text = `agent ${this.member.announcement.name}: ${event.message}`;
      this.fail(new BenchError(code, text, event.hint === undefined ? {} : { hint: event.hint }));
      return;
    }
    const parsed = this.#options.schema.safeParse(event.message);
    if (!parsed.success) {
      this.fail(
        new BenchError(
          'CHILD_DIED',
          `the ${this.name} process said something unknown: ${parsed.error.message}`,
        ),
      );
      return;
    }
    this.onMessage?.(parsed.data);
    this.#expectations.hear(parsed.data);
  }

  fail(error: BenchError): void {
    this.#expectations.fail(error);
  }

  send(message: object): void {
    this.tell(message).catch((error: unknown) =>
      this.fail(
        error instanceof BenchError ? error : new BenchError('CHILD_DIED', messageOf(error)),
      ),
    );
  }

  /** Resolves with a moment by which the process had it, on the agent's clock. @throws BenchError */
  async tell(message: object): Promise<bigint> {
    // Its silence counts from here: it may have waited for others to be ready.
    this.#saidAtMs = performance.now();
    const { process } = this.#options.order;
    const { atNs } = await this.member.order<'tell'>({
      kind: 'tell',
      process,
      message: { ...message },
    });
    return BigInt(atNs);
  }

  signal(): void {
    assert.fail('no procedure that runs on agents signals its processes');
  }

  async expect<Kind extends In['kind']>(
    kind: Kind,
    timeoutMs: number | undefined,
    signal: AbortSignal,
  ): Promise<Extract<In, { kind: Kind }>> {
    return await this.#expectations.expect(kind, timeoutMs, signal);
  }

  async stamps(): Promise<StampColumns> {
    const { order, correct, stampsFile } = this.#options;
    const columns = parseStamps(await this.member.fetchStamps(order.process), this.name);
    correct(columns);
    if (stampsFile !== undefined) writeStamps(stampsFile, columns);
    return columns;
  }

  /** Ended with all others of the trial; see agent-site.ts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.fail(new BenchError('CHILD_DIED', `the trial of the ${this.name} process is over`));
    await Promise.resolve();
  }
}
