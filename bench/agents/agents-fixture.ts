// Test support: a real broker, and agents as users start them.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { cli } from '../cli-fixture.ts';
import type { AgentRole } from '../contract/agents.ts';
import type { Plan } from '../contract/run-file.ts';
import { findProgram } from '../lab/find-program.ts';
import { childrenOf, isAlive } from '../processes-fixture.ts';
import { streamduelVersion } from '../trial/environment.ts';
import { connectToBroker } from './broker.ts';
import { hashCode } from './code-hash.ts';
import { Fleet } from './fleet.ts';

const PATIENCE_MS = 20_000;
const POLL_MS = 20;

/** @throws Error after a while */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += POLL_MS) {
    if (waitedMs > PATIENCE_MS) throw new Error(`${what} did not come`);
    await sleep(POLL_MS);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface BrokerOptions {
  readonly host?: string;
  readonly port?: number;
  /** A file of its configuration. */
  readonly config?: string;
  readonly within?: readonly string[];
}

export class Broker implements AsyncDisposable {
  readonly url: string;
  readonly #words: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(url: string, words: readonly string[]) {
    this.url = url;
    this.#words = words;
  }

  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const { host = '127.0.0.1', config, within = [] } = options;
    const port = options.port ?? (await freePort());
    const broker = new Broker(`nats://${host}:${port}`, [
      ...within,
      findProgram('nats-server').program,
      '--addr',
      host,
      '--port',
      String(port),
      ...(config === undefined ? [] : ['--config', config]),
    ]);
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const [program = '', ...words] = this.#words;
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let printed = '';
    child.stderr.on('data', (bytes) => (printed += String(bytes)));
    await until('the broker', () => printed.includes('Server is ready'));
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

interface AgentOptions {
  readonly name: string;
  readonly role: AgentRole;
  readonly within?: readonly string[];
  readonly more?: readonly string[];
}

/** An agent as a process of its own. */
export class AgentProgram implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcess;
  #printed = '';

  private constructor({ name, role, within = [], more = [] }: AgentOptions, url: string) {
    this.name = name;
    const words = [process.execPath, cli, 'agent', '--nats', url, '--role', role, '--name', name];
    const [program = '', ...rest] = [...within, ...words, ...more];
    this.#child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (bytes) => (this.#printed += String(bytes)));
  }

  static async start(url: string, options: AgentOptions): Promise<AgentProgram> {
    const agent = new AgentProgram(options, url);
    await until(`agent ${agent.name}`, () => agent.#printed.includes('ready for'));
    return agent;
  }

  get printed(): string {
    return this.#printed;
  }

  get pid(): number {
    const { pid = 0, spawnfile } = this.#child;
    // It waits for the program; all other commands that a program runs within become the program.
    return spawnfile === 'unshare' ? (childrenOf(pid)[0]?.pid ?? 0) : pid;
  }

  /** Its servers and load processes. */
  get children(): readonly number[] {
    return childrenOf(this.pid)
      .filter(({ command }) => /(servers|clients)\/main/.test(command))
      .map(({ pid }) => pid);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this;
    if (!isAlive(pid)) return;
    process.kill(pid, 'SIGCONT');
    process.kill(pid, 'SIGTERM');
    await until(`the end of agent ${this.name}`, () => !isAlive(pid));
  }
}

/** The agents of a plan, in the hands of this process. */
export async function openFleet(
  url: string,
  { agents }: Pick<Plan, 'agents'>,
  credentials?: string,
): Promise<Fleet> {
  if (agents === undefined) throw new TypeError('the plan is for agents');
  return await Fleet.open({
    connection: await connectToBroker({ url, credentials, name: 'a test' }),
    signal: new AbortController().signal,
    wanted: {
      agents,
      codeSha256: hashCode(),
      version: streamduelVersion(),
      node: process.version,
      whyTooSmall: () => undefined,
    },
  });
}
