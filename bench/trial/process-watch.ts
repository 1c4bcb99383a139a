// Reads CPU time and memory of a trial's processes once a second through a window, from outside. A
// reading takes some 50 µs a process of this process and stops no other.

import type { ProcessReading } from '../contract/course.ts';
import { stepOf } from '../contract/course.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { readProcessStat } from './process-stat.ts';
import { readResident } from './resident-watch.ts';

export interface WatchedProcesses {
  readonly servers: readonly number[];
  readonly clients: readonly number[];
}

/** Reads from construction, which is the beginning of the window, until disposal. */
export class ProcessWatch implements Disposable {
  readonly #pids: WatchedProcesses;
  readonly #startNs = process.hrtime.bigint();
  readonly #timer: NodeJS.Timeout;
  readonly #first: Omit<ProcessReading, 'atNs'> | undefined;
  readonly #readings: ProcessReading[] = [];

  constructor(pids: WatchedProcesses, windowNs: number) {
    this.#pids = pids;
    this.#first = readTotals(pids);
    this.#timer = setInterval(() => this.#read(), stepOf(windowNs) / NS_PER_MS);
  }

  /** All readings until now; undefined where a process could not be read. */
  stop(): readonly ProcessReading[] | undefined {
    clearInterval(this.#timer);
    this.#read();
    return this.#first === undefined ? undefined : this.#readings;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #read(): void {
    const totals = readTotals(this.#pids);
    if (totals === undefined || this.#first === undefined) return;
    const { serverCpuNs, clientCpuNs, ...memory } = totals;
    this.#readings.push({
      atNs: Number(process.hrtime.bigint() - this.#startNs),
      serverCpuNs: serverCpuNs - this.#first.serverCpuNs,
      clientCpuNs: clientCpuNs - this.#first.clientCpuNs,
      ...memory,
    });
  }
}

function readTotals({
  servers,
  clients,
}: WatchedProcesses): Omit<ProcessReading, 'atNs'> | undefined {
  const serverCpuNs = readCpuNs(servers);
  const clientCpuNs = readCpuNs(clients);
  const serverResidentBytes = readResident(servers);
  if (serverCpuNs === undefined || clientCpuNs === undefined) return undefined;
  return {
    serverCpuNs,
    clientCpuNs,
    ...(serverResidentBytes !== undefined && { serverResidentBytes }),
  };
}

/** Sum over all processes; undefined when one of them cannot be read. */
function readCpuNs(pids: readonly number[]): number | undefined {
  let sum = 0;
  for (const pid of pids) {
    const stat = readProcessStat(pid);
    if (stat === undefined) return undefined;
    sum += stat.cpuNs;
  }
  return sum;
}
