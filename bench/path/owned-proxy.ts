// A running proxy: started in a process group of its own, waited for until it listens, and ended
// with all that it has started. When it ends by itself, its own last words are the error.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { BenchError, messageOf } from '../contract/errors.ts';
import { LOOPBACK } from './direct-path.ts';
import { acceptsConnections } from './local-port.ts';

export interface ProxyOrder {
  /** Its name in a sentence. */
  readonly title: string;
  readonly program: string;
  readonly arguments: readonly string[];
  /** Its working folder. */
  readonly folder: string;
  /** The port on which it is to listen. */
  readonly port: number;
  /**
   * It answers a request for this with 200 once it leads to the server: some programs listen before
   * they have read where to. Absent where it is ready when it listens.
   */
  readonly readyPath?: string | undefined;
  /** Files outside of its folder that it leaves when it is killed. */
  readonly leftovers?: readonly string[];
}

const LISTEN_TIMEOUT_MS = 15_000;
const LISTEN_POLL_MS = 10;
const WORDS_CHARACTERS = 4000;
const LAST_LINES = 6;
/** In its folder. */
const OUTPUT = 'output.log';
const END_TIMEOUT_MS = 2000;

export class OwnedProxy {
  readonly #order: ProxyOrder;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  #startError: string | undefined;
  #isStopped = false;

  constructor(order: ProxyOrder) {
    this.#order = order;
    // A file and not a pipe: Node's pipes are sockets, and a program cannot open /dev/stderr on one.
    const output = openSync(join(order.folder, OUTPUT), 'a');
    this.#process = spawn(order.program, order.arguments, {
      cwd: order.folder,
      // Leads a group of its own, by which its children are found and ended with it.
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, XDG_DATA_HOME: order.folder, XDG_CONFIG_HOME: order.folder },
    });
    closeSync(output);
    this.#exited = once(this.#process, 'exit').catch((error: unknown) => {
      this.#startError = messageOf(error);
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Resolves once it accepts connections. @throws BenchError CHILD_START with its last words. */
  async listen(timeoutMs = LISTEN_TIMEOUT_MS): Promise<void> {
    const { title, port, readyPath } = this.#order;
    const deadline = performance.now() + timeoutMs;
    let answer: string | undefined;
    while (!this.#hasEnded) {
      if (await acceptsConnections(port)) {
        if (readyPath === undefined) return;
        answer = await ask(port, readyPath);
        if (answer === READY) return;
      }
      if (performance.now() > deadline) {
        this.kill();
        const what =
          answer === undefined
            ? `did not listen on port ${port}`
            : `did not lead to the server: a request was answered ${answer}`;
        throw new BenchError(
          'CHILD_START',
          `${title} ${what} within ${timeoutMs / 1000} s${this.#lastWords()}`,
        );
      }
      await sleep(LISTEN_POLL_MS);
    }
    this.kill();
    throw new BenchError('CHILD_START', `${title} did not start${this.#lastWords()}`);
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
      `${this.#order.title} ended ${how} before the trial was over${this.#lastWords()}`,
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
    for (const file of this.#order.leftovers ?? []) rmSync(file, { force: true });
  }

  get #hasEnded(): boolean {
    const { exitCode, signalCode } = this.#process;
    return exitCode !== null || signalCode !== null || this.#startError !== undefined;
  }

  /** `: …`, or nothing where it said nothing. */
  #lastWords(): string {
    const words = readFileSync(join(this.#order.folder, OUTPUT), 'utf8').slice(-WORDS_CHARACTERS);
    const lines = stripVTControlCharacters(words).trim().split('\n').slice(-LAST_LINES);
    const said = lines.join('\n').trim() || this.#startError;
    return said === undefined ? ', and said nothing' : `: ${said}`;
  }
}

const READY = '200';
const ANSWER_TIMEOUT_MS = 2000;

/** The status, or the cause for which there is none. */
async function ask(port: number, path: string): Promise<string> {
  try {
    const { status, body } = await fetch(`http://${LOOPBACK}:${port}${path}`, {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      headers: { connection: 'close' },
    });
    await body?.cancel();
    return String(status);
  } catch (error) {
    return `with an error: ${messageOf(error)}`;
  }
}
