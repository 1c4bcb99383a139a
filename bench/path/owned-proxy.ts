// A running proxy: started in a process group of its own, waited for until it listens, and ended
// with all that it has started. When it ends by itself, its own last words are the error.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { BenchError, messageOf } from '../contract/errors.ts';
import { LOOPBACK } from './direct-path.ts';

export interface ProxyOrder {
  /** Its name in a sentence. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** The port on which it is to listen. */
  readonly port: number;
}

const LISTEN_TIMEOUT_MS = 15_000;
const LISTEN_POLL_MS = 10;
/** Bound of what is kept of its output. */
const WORDS_BYTES = 4000;
const LAST_LINES = 6;
/** Its last words may still be in the pipe when it has ended. */
const WORDS_GRACE_MS = 200;
const END_TIMEOUT_MS = 2000;

export class OwnedProxy {
  readonly #order: ProxyOrder;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #silent: Promise<unknown>;
  #words = '';
  #startError: string | undefined;
  #isStopped = false;

  constructor(order: ProxyOrder) {
    this.#order = order;
    this.#process = spawn(order.program, order.arguments, {
      cwd: order.folder,
      // Leads a group of its own, by which its children are found and ended with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, XDG_DATA_HOME: order.folder, XDG_CONFIG_HOME: order.folder },
    });
    this.#exited = once(this.#process, 'exit').catch((error: unknown) => {
      this.#startError = messageOf(error);
    });
    this.#silent = once(this.#process, 'close').catch(() => undefined);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on('data', (bytes: Buffer) => {
        this.#words = (this.#words + bytes.toString()).slice(-WORDS_BYTES);
      });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves once it accepts connections. @throws BenchError CHILD_START with its last words. */
  async listen(timeoutMs = LISTEN_TIMEOUT_MS): Promise<void> {
    const { title, port } = this.#order;
    const deadline = performance.now() + timeoutMs;
    while (!this.#hasEnded) {
      if (await accepts(port)) return;
      if (performance.now() > deadline) {
        this.kill();
        throw new BenchError(
          'CHILD_START',
          `${title} did not listen on port ${port} within ${timeoutMs / 1000} s${await this.#lastWords()}`,
        );
      }
      await sleep(LISTEN_POLL_MS);
    }
    this.kill();
    throw new BenchError('CHILD_START', `${title} did not start${await this.#lastWords()}`);
  }

  /** Rejects with its last words when it ends before it is stopped; never resolves. */
  async diesAlone(): Promise<never> {
    await this.#exited;
    if (this.#isStopped) return await new Promise<never>(() => {});
    const { exitCode, signalCode } = this.#process;
    const how = signalCode === null ? `with exit code ${exitCode}` : `by ${signalCode}`;
    this.kill();
    throw new BenchError(
      'CHILD_DIED',
      `${this.#order.title} ended ${how} before the trial was over${await this.#lastWords()}`,
    );
  }

  /** Ends it and all that it has started. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.kill();
    await Promise.race([this.#exited, sleep(END_TIMEOUT_MS, undefined, { ref: false })]);
  }

  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of the group have ended.
    }
  }

  get #hasEnded(): boolean {
    const { exitCode, signalCode } = this.#process;
    return exitCode !== null || signalCode !== null || this.#startError !== undefined;
  }

  /** `: …`, or nothing where it said nothing. */
  async #lastWords(): Promise<string> {
    await Promise.race([this.#silent, sleep(WORDS_GRACE_MS, undefined, { ref: false })]);
    const lines = stripVTControlCharacters(this.#words).trim().split('\n').slice(-LAST_LINES);
    const said = lines.join('\n').trim() || this.#startError;
    return said === undefined ? ', and said nothing' : `: ${said}`;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ host: LOOPBACK, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
