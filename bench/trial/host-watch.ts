// Watches disturbances of a trial by the machine: time stolen by the hypervisor, other programs,
// throttling, swapping, tracers. Reads /proc before, during and after the window; without /proc the
// readings are undefined.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { NS_PER_S } from '../contract/units.ts';
import { readProcessStat, TICK_NS } from './process-stat.ts';

export interface HostReadings {
  /** Share of all CPU time stolen, over the window and in its worst second. */
  readonly stealMean: number | undefined;
  readonly stealMax: number | undefined;
  /** user + nice + system time of the whole machine in the window, ns. */
  readonly busyNs: number | undefined;
  /**
   * CPU time of this process, and of those that pass bytes on between server and clients, in the
   * window, ns.
   */
  readonly ownNs: number;
  /** The part of it that passed bytes on; absent where nothing stands between both ends. */
  readonly betweenNs?: number;
  readonly wallNs: number;
  readonly cpus: number;
  readonly throttledNs: number | undefined;
  readonly swappedInPages: number | undefined;
  readonly outOfMemoryKills: number | undefined;
}

interface CpuTimes {
  readonly busyTicks: number;
  readonly stealTicks: number;
  readonly allTicks: number;
}

const SAMPLE_MS = 1000;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readCpuTimes(): CpuTimes | undefined {
  const fields = readText('/proc/stat')?.split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number);
  if (fields === undefined || fields.length < 8) return undefined;
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = fields;
  // Interrupts are left out: the traffic of our own loopback counts there, and differs by arm.
  return {
    busyTicks: user + nice + system,
    stealTicks: steal,
    allTicks: fields.slice(0, 8).reduce((sum, one) => sum + one, 0),
  };
}

function readCounter(path: string, key: string): number | undefined {
  const line = readText(path)
    ?.split('\n')
    .find((one) => one.startsWith(`${key} `));
  return line === undefined ? undefined : Number(line.split(' ')[1]);
}

/** Path of the cgroup v2 CPU statistics of this process; the file may not exist. */
function cpuStatPath(): string {
  const group = /^0::(.*)$/m.exec(readText('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  return `/sys/fs/cgroup${group === '/' ? '' : group}/cpu.stat`;
}

/**
 * CPU time of all threads of these processes since they began, ns; a process that cannot be read
 * counts as 0.
 */
function readCpuNs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readProcessStat(pid)?.cpuNs ?? 0), 0);
}

function since(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined ? undefined : now - before;
}

/**
 * Watches the machine while `act` runs.
 * @param pids Processes besides this one whose CPU time is not that of other programs.
 */
export async function watchHost<Done>(
  act: () => Promise<Done>,
  pids: readonly number[] = [],
): Promise<{ readonly done: Done; readonly host: HostReadings }> {
  const watch = new HostWatch(availableParallelism(), pids);
  try {
    const done = await act();
    return { done, host: watch.stop() };
  } finally {
    // Stops the timer even if the trial failed meanwhile.
    watch.pause();
  }
}

/** Start it at the beginning of the window. */
export class HostWatch {
  readonly #cpus: number;
  readonly #pids: readonly number[];
  readonly #startNs = process.hrtime.bigint();
  readonly #cpu = process.cpuUsage();
  readonly #othersNs: number;
  readonly #times = readCpuTimes();
  readonly #throttled = readCounter(cpuStatPath(), 'throttled_usec');
  readonly #swapped = readCounter('/proc/vmstat', 'pswpin');
  readonly #killed = readCounter('/proc/vmstat', 'oom_kill');
  readonly #timer: NodeJS.Timeout;
  #second = this.#times;
  #stealMax: number | undefined;

  constructor(cpus: number, pids: readonly number[] = []) {
    this.#cpus = cpus;
    this.#pids = pids;
    this.#othersNs = readCpuNs(pids);
    this.#timer = setInterval(() => this.#endSecond(), SAMPLE_MS);
  }

  #endSecond(): void {
    const times = readCpuTimes();
    const steal = stealShare(this.#second, times);
    if (steal !== undefined) this.#stealMax = Math.max(this.#stealMax ?? 0, steal);
    this.#second = times;
  }

  /** Stops sampling; needed when the window was cut short and there is nothing to read. */
  pause(): void {
    clearInterval(this.#timer);
  }

  stop(): HostReadings {
    this.pause();
    const times = readCpuTimes();
    const own = process.cpuUsage(this.#cpu);
    const stealMean = stealShare(this.#times, times);
    const throttledUs = since(readCounter(cpuStatPath(), 'throttled_usec'), this.#throttled);
    const busyTicks = since(times?.busyTicks, this.#times?.busyTicks);
    const betweenNs = Math.max(0, readCpuNs(this.#pids) - this.#othersNs);
    return {
      stealMean,
      stealMax: this.#stealMax ?? stealMean,
      busyNs: busyTicks === undefined ? undefined : busyTicks * TICK_NS,
      ownNs: (own.user + own.system) * 1000 + betweenNs,
      ...(this.#pids.length > 0 && { betweenNs }),
      wallNs: Number(process.hrtime.bigint() - this.#startNs),
      cpus: this.#cpus,
      throttledNs: throttledUs === undefined ? undefined : throttledUs * 1000,
      swappedInPages: since(readCounter('/proc/vmstat', 'pswpin'), this.#swapped),
      outOfMemoryKills: since(readCounter('/proc/vmstat', 'oom_kill'), this.#killed),
    };
  }
}

function stealShare(before: CpuTimes | undefined, after: CpuTimes | undefined): number | undefined {
  const all = since(after?.allTicks, before?.allTicks);
  const stolen = since(after?.stealTicks, before?.stealTicks);
  return all === undefined || stolen === undefined || all <= 0 ? undefined : stolen / all;
}

const tracers = new Set(['tcpdump', 'strace', 'ltrace', 'perf', 'bpftrace']);

/** Names of running programs that trace or capture and so disturb the measurement. */
export function runningTracers(): string[] {
  let entries: string[];
  try {
    entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  } catch {
    return [];
  }
  const names = entries.map((pid) => readText(`/proc/${pid}/comm`)?.trim() ?? '');
  return [...new Set(names.filter((name) => tracers.has(name)))];
}

/** Half of the usual 28,232 local ports: a new connection must never wait for old ones. */
const TIME_WAIT_LIMIT = 14_000;
const SETTLE_POLL_MS = 50;
const SETTLE_LIMIT_NS = 60 * NS_PER_S;

/**
 * Waits until the kernel has forgotten enough old connections; returns after a minute in any case:
 * a later connect reports the error.
 */
export async function settleConnections(signal: AbortSignal): Promise<void> {
  const startNs = process.hrtime.bigint();
  while (Number(process.hrtime.bigint() - startNs) < SETTLE_LIMIT_NS && !signal.aborted) {
    const waiting = Number(/\btw (\d+)/.exec(readText('/proc/net/sockstat') ?? '')?.[1] ?? 0);
    if (waiting < TIME_WAIT_LIMIT) return;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_POLL_MS));
  }
}
