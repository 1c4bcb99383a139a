// Processes as the kernel lists them (proc_pid_stat(5)). Without /proc none is known.

import { readdirSync, readFileSync } from 'node:fs';
import { NS_PER_MS } from '../contract/units.ts';

/** USER_HZ is 100 on every Linux that Node runs on. */
export const TICK_NS = 10 * NS_PER_MS;

export interface ProcessStat {
  /** It has ended, and its parent has not asked how. */
  readonly isZombie: boolean;
  /** By a signal, or by a tracer. */
  readonly isStopped: boolean;
  readonly group: number;
  readonly session: number;
  /** CPU time of all its threads since it began, ns. */
  readonly cpuNs: number;
  /** The same of its children that have ended and were waited for. */
  readonly childrenCpuNs: number;
}

/** Undefined for a process that cannot be read, as one that has ended. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the program, in parentheses, may have spaces. After it come state, parent, group and
  // session; utime, stime, cutime and cstime are the 12th to 15th.
  const fields = stat.split(') ').at(-1)?.split(' ') ?? [];
  const ticks = (from: number): number => Number(fields[from]) + Number(fields[from + 1]);
  return {
    isZombie: fields[0] === 'Z',
    isStopped: fields[0] === 'T' || fields[0] === 't',
    group: Number(fields[2]),
    session: Number(fields[3]),
    cpuNs: ticks(11) * TICK_NS,
    childrenCpuNs: ticks(13) * TICK_NS,
  };
}

/** Undefined without /proc. */
export function processesWith(
  isSought: (stat: ProcessStat) => boolean,
): readonly number[] | undefined {
  let entries: readonly string[];
  try {
    entries = readdirSync('/proc');
  } catch {
    return undefined;
  }
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const stat = readProcessStat(pid);
      return stat !== undefined && isSought(stat);
    });
}
