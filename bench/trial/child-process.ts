// A worker that is a child of this process, owned from fork to exit: parses its messages, bounds
// every wait, keeps the end of its stderr, and ensures that it ends.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { z } from 'zod';
import { BenchError, errorCodes, type ErrorCode } from '../contract/errors.ts';
import { failedMessageSchema } from '../contract/messages.ts';
import { readStamps, type StampColumns } from '../contract/stamps.ts';
import { Expectations } from './expectations.ts';
import { strippedArguments } from './stripped-sources.ts';
import type { Worker } from './worker.ts';

export interface ChildOptions<In extends { kind: string }> {
  readonly name: string;
  readonly program: string;
  readonly schema: z.ZodType<In>;
  readonly environment: Readonly<Record<string, string>>;
  readonly nodeArguments: readonly string[];
  /** Bind to this CPU with taskset; undefined leaves it to the kernel. */
  readonly cpu: number | undefined;
  /**
   * A command, with its arguments, that replaces itself with the program it is given, such as `ip
   * netns exec NAME`.
   */
  readonly within?: readonly string[];
  /** undefined for the directory of this process. */
  readonly workingDirectory?: string;
  /** File to which it is told to write its stamps. */
  readonly stampsFile?: string | undefined;
  readonly verbose: boolean;
}

const STDERR_BYTES = 4000;
const EXIT_GRACE_MS = 2000;

export class Child<In extends { kind: string }> implements Worker<In> {
  readonly name: string;
  readonly host = 'localhost';
  readonly #process: ChildProcess;
  readonly #stampsFile: string | undefined;
  readonly #expectations: Expectations<In>;
  readonly #exited: Promise<unknown>;
  #stderr = '';
  onMessage: ((message: In) => void) | undefined;
  /** Called once, for whatever ended it, its own exit included. */
  onFailure: ((error: BenchError) => void) | undefined;

  constructor(options: ChildOptions<In>) {
    this.name = options.name;
    this.#expectations = new Expectations(options.name);
    this.#stampsFile = options.stampsFile;
    const node = ['--expose-gc', ...strippedArguments(options.program), ...options.nodeArguments];
    const { NODE_OPTIONS: _inherited, ...environment } = process.env;
    const pinned = options.cpu === undefined ? [] : ['taskset', '-c', String(options.cpu)];
    const [execPath = process.execPath, ...execArgv] = [
      ...(options.within ?? []),
      ...pinned,
      process.execPath,
      ...node,
    ];
    this.#process = fork(options.program, {
      // Each of these commands replaces itself with the next and the last with node, so the pid and
      // the channel are the child's own.
      execPath,
      execArgv,
      env: { ...environment, ...options.environment },
      ...(options.workingDirectory !== undefined && { cwd: options.workingDirectory }),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#exited = once(this.#process, 'exit').catch(() => undefined);
    this.#process.on('error', (cause) =>
      this.#fail(
        new BenchError('CHILD_START', `the ${this.name} process did not start: ${cause.message}`, {
          cause,
        }),
      ),
    );
    this.#process.on('exit', (code, signal) =>
      this.#onceHeard(() => this.#fail(this.#describeExit(code, signal))),
    );
    this.#process.on('message', (raw) => this.#receive(options.schema, raw));
    this.#process.stderr?.on('data', (bytes: Buffer) => {
      if (options.verbose) process.stderr.write(bytes);
      this.#stderr = (this.#stderr + bytes.toString()).slice(-STDERR_BYTES);
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /**
   * Last messages may still be in the channel: at the exit of one child, libuv collects all others
   * that have ended, too.
   */
  #onceHeard(callback: () => void): void {
    if (this.#process.connected) this.#process.once('disconnect', callback);
    else callback();
  }

  #describeExit(code: number | null, signal: NodeJS.Signals | null): BenchError {
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const said = this.#stderr.trim().split('\n').slice(-6).join('\n');
    return new BenchError(
      'CHILD_DIED',
      `the ${this.name} process ended ${how} before its time${said === '' ? '' : `: ${said}`}`,
    );
  }

  #receive(schema: z.ZodType<In>, raw: unknown): void {
    const failed = failedMessageSchema.safeParse(raw);
    if (failed.success) {
      const { code, message, hint } = failed.data;
      this.#fail(
        new BenchError(
          isErrorCode(code) ? code : 'CHILD_DIED',
          `${this.name}: ${message}`,
          hint === undefined ? {} : { hint },
        ),
      );
      return;
    }
    const parsed = schema.safeParse(raw);
    if (!parsed.success) {
      this.#fail(
        new BenchError(
          'CHILD_DIED',
          `the ${this.name} process said something unknown: ${parsed.error.message}`,
        ),
      );
      return;
    }
    const message = parsed.data;
    this.onMessage?.(message);
    this.#expectations.hear(message);
  }

  #fail(error: BenchError): void {
    const isFirst = this.#expectations.failure === undefined;
    this.#expectations.fail(error);
    if (isFirst) this.onFailure?.(error);
  }

  send(message: object): void {
    if (this.#expectations.failure === undefined && this.#process.connected)
      this.#process.send(message, (error) => error && this.#fail(this.#describeExit(null, null)));
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async expect<Kind extends In['kind']>(
    kind: Kind,
    timeoutMs: number | undefined,
    signal: AbortSignal,
  ): Promise<Extract<In, { kind: Kind }>> {
    return await this.#expectations.expect(kind, timeoutMs, signal);
  }

  async stamps(): Promise<StampColumns> {
    assert(this.#stampsFile !== undefined, `the ${this.name} process has a file for its stamps`);
    return readStamps(this.#stampsFile);
  }

  /** Waits for the process to end by itself, then kills it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(
      () => this.#process.kill('SIGKILL'),
      this.#expectations.failure === undefined ? EXIT_GRACE_MS : 0,
    );
    if (this.#process.connected) this.#process.disconnect();
    if (
      this.#process.exitCode === null &&
      this.#process.signalCode === null &&
      this.#process.pid !== undefined
    )
      await this.#exited;
    clearTimeout(timer);
  }
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
