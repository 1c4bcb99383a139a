// An agent's work for one controller, from the lease to its end: the processes that it runs, what
// it reads of its machine, and what it says of both. Ending it ends the processes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  HEARTBEAT_MS,
  MAX_PROCESSES_OF_AGENT,
  STAMPS_PART_BYTES,
  type AgentEvent,
  type ClockReading,
  type Order,
  type StartProcess,
} from '../contract/agent-messages.ts';
import { proveClock } from '../contract/clock-proof.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import { runningTracers } from '../trial/host-watch.ts';
import { watchMachine } from '../trial/machine-reader.ts';
import { addMemory } from '../trial/merge-tallies.ts';
import { readMemory } from '../trial/process-memory.ts';
import { readProcessStat } from '../trial/process-stat.ts';
import { readTcpInfo } from '../trial/tcp-info.ts';
import { temporaryFolder } from '../trial/temporary-folder.ts';
import { makeWorkingDirectory } from '../trial/trial-processes.ts';
import { sleepUntil } from '../trial/trial-moments.ts';
import { toldMessage } from './told-message.ts';

/** A process of this project that an agent runs. */
interface AgentProcess extends AsyncDisposable {
  readonly pid: number;
  readonly send: (message: object) => void;
}

interface ProcessPlace {
  readonly workingDirectory: string;
  readonly onMessage: (message: object) => void;
  /** Called once, for whatever ended it. */
  readonly onFailure: (error: BenchError) => void;
}

export type StartAgentProcess = (order: StartProcess, place: ProcessPlace) => AgentProcess;

export interface SessionOptions {
  readonly address: string;
  readonly startProcess: StartAgentProcess;
  readonly publish: (event: AgentEvent) => void;
}

type OrderOf<Kind extends Order['kind']> = Extract<Order, { kind: Kind }>;

interface Running {
  readonly program: StartProcess['program'];
  readonly process: AgentProcess;
  readonly stampsFile: string;
}

const FOLLOW_MS = 1000;
/** Some 2 ms of CPU time a second, of this process alone. */
const FOLLOW_EXCHANGES = 40;

export class AgentSession implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #ended = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  readonly #running = new Map<number, Running>();
  readonly #stamps = new Map<number, Buffer>();
  #folder: ({ path: string } & Disposable) | undefined;
  #follow: NodeJS.Timeout | undefined;
  #clockReadings: ClockReading[] = [];
  #disposed: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#beat();
  }

  /** The answer, as the contract has it for this order. @throws BenchError */
  async carryOut(order: Order): Promise<object | Buffer> {
    if (this.#ended.signal.aborted)
      throw new BenchError('AGENT_LOST', 'this session of the agent is over');
    switch (order.kind) {
      case 'lease':
        return {};
      case 'start-process':
        return this.#start(order);
      case 'tell':
        return this.#tell(order);
      case 'exchange-clock':
        return await exchangeClock(order, order.exchanges);
      case 'follow-clock':
        return this.#followClock(order);
      case 'stop-clock':
        return this.#stopClock();
      case 'read-clock':
        return { atNs: String(process.hrtime.bigint()) };
      case 'read-memory':
        return { servers: addMemory(this.#pidsOf('server').map(readMemory)) };
      case 'read-sockets':
        return { tcp: await readTcpInfo(order.ports) };
      case 'watch':
        return this.#watch(order);
      case 'measure-stamps':
        return this.#measureStamps(order.process);
      case 'read-stamps':
        return this.#readStamps(order);
      case 'end-trial':
        await this.#endTrial();
        return {};
    }
    order satisfies never;
    throw new TypeError('an order has one of these kinds');
  }

  #start(order: StartProcess): { pid: number } {
    if (this.#running.has(order.process) || this.#running.size >= MAX_PROCESSES_OF_AGENT)
      throw new BenchError(
        'USAGE',
        `process ${order.process} cannot be started: it is there already`,
      );
    this.#folder ??= makeWorkingDirectory({ setup: order.setup, trial: 0 });
    const { process: number, program } = order;
    const started = this.#options.startProcess(order, {
      workingDirectory: this.#folder.path,
      onMessage: (message) =>
        this.#options.publish({ kind: 'said', process: number, message: { ...message } }),
      onFailure: ({ code, message, hint }) =>
        this.#options.publish({
          kind: 'failed',
          process: number,
          code,
          message: message.slice(0, 10_000),
          ...(hint !== undefined && { hint }),
        }),
    });
    const stampsFile = join(temporaryFolder(), `agent-${number}.stamps`);
    this.#running.set(number, { program, process: started, stampsFile });
    return { pid: started.pid };
  }

  #tell({ process: number, message }: OrderOf<'tell'>): { atNs: string } {
    const { program, process: told, stampsFile } = this.#find(number);
    told.send(toldMessage(program, message, { address: this.#options.address, stampsFile }));
    return { atNs: String(process.hrtime.bigint()) };
  }

  #find(number: number): Running {
    const running = this.#running.get(number);
    if (running === undefined)
      throw new BenchError('USAGE', `process ${number} of the agent does not exist`);
    return running;
  }

  #pidsOf(program: StartProcess['program']): number[] {
    return [...this.#running.values()]
      .filter((running) => running.program === program)
      .map(({ process: { pid } }) => pid);
  }

  #followClock({ host, port }: OrderOf<'follow-clock'>): object {
    clearInterval(this.#follow);
    this.#clockReadings = [];
    this.#follow = setInterval(() => {
      // A missing exchange widens the bound of the clocks, which is judged.
      exchangeClock({ host, port }, FOLLOW_EXCHANGES).then(
        (reading) => void this.#clockReadings.push(reading),
        () => undefined,
      );
    }, FOLLOW_MS);
    return {};
  }

  #stopClock(): { readings: readonly ClockReading[] } {
    clearInterval(this.#follow);
    return { readings: this.#clockReadings.slice(-10_000) };
  }

  #watch({ epochNs, fromNs, toNs, stallAtNs }: OrderOf<'watch'>): object {
    const epoch = BigInt(epochNs);
    const { signal } = this.#ended;
    const watched = watchMachine(
      { fromNs, toNs, stallAtNs },
      {
        pids: { servers: this.#pidsOf('server'), clients: this.#pidsOf('load') },
        until: async (atNs) => await sleepUntil(epoch, atNs, signal),
        now: () => Number(process.hrtime.bigint() - epoch),
      },
    );
    watched.then(
      ({ processes, ...readings }) =>
        this.#options.publish({
          kind: 'watched',
          readings: {
            ...readings,
            ...(processes !== undefined && { processes: [...processes] }),
            tracers: runningTracers(),
          },
        }),
      // The session is over: there is nobody to tell.
      () => undefined,
    );
    return {};
  }

  #measureStamps(number: number): { bytes: number; sha256: string } {
    const { stampsFile } = this.#find(number);
    const bytes = readStampFile(stampsFile);
    this.#stamps.set(number, bytes);
    return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  #readStamps({ process: number, part }: OrderOf<'read-stamps'>): Buffer {
    const bytes = this.#stamps.get(number);
    if (bytes === undefined)
      throw new BenchError('USAGE', 'stamps are measured before they are read');
    return bytes.subarray(part * STAMPS_PART_BYTES, (part + 1) * STAMPS_PART_BYTES);
  }

  async #endTrial(): Promise<void> {
    clearInterval(this.#follow);
    const running = [...this.#running.values()];
    this.#running.clear();
    this.#stamps.clear();
    await Promise.all(running.map(async ({ process: one }) => await one[Symbol.asyncDispose]()));
    for (const { stampsFile } of running) rmSync(stampsFile, { force: true });
    this.#folder?.[Symbol.dispose]();
    this.#folder = undefined;
  }

  #beat(): void {
    const processes = [...this.#running].map(
      ([
        number,
        {
          process: { pid },
        },
      ]) => ({
        process: number,
        isStopped: readProcessStat(pid)?.isStopped === true,
      }),
    );
    this.#options.publish({ kind: 'heartbeat', processes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#end();
    await this.#disposed;
  }

  async #end(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#ended.abort(new BenchError('AGENT_LOST', 'this session of the agent is over'));
    await this.#endTrial();
    assert(this.#running.size === 0, 'no process outlives its session');
  }
}

async function exchangeClock(
  place: { readonly host: string; readonly port: number },
  exchanges: number,
): Promise<ClockReading> {
  const before = process.hrtime.bigint();
  const { lowNs, highNs, exchanges: done } = await proveClock({ ...place, exchanges });
  const halfNs = (process.hrtime.bigint() - before) / 2n;
  return { atNs: String(before + halfNs), lowNs, highNs, exchanges: done };
}

/** @throws BenchError FILE */
function readStampFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BenchError('FILE', `the agent has no stamps: ${messageOf(cause)}`, { cause });
  }
}
