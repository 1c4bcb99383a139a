// Reads TCP counters of the kernel during a fault: connections that overflowed a listen queue, and
// retransmitted segments. The counters are those of a whole network namespace, so other programs in
// it count too.

import { readFileSync, readlinkSync } from 'node:fs';
import type { KernelCounts } from '../contract/recovery.ts';

/** File and line of each counter; names as in the kernel's net/ipv4/proc.c. */
const counters = {
  listenOverflows: { file: 'netstat', group: 'TcpExt', name: 'ListenOverflows' },
  listenDrops: { file: 'netstat', group: 'TcpExt', name: 'ListenDrops' },
  synRetransmits: { file: 'netstat', group: 'TcpExt', name: 'TCPSynRetrans' },
  segmentsRetransmitted: { file: 'snmp', group: 'Tcp', name: 'RetransSegs' },
} as const satisfies Record<
  keyof KernelCounts,
  { file: 'netstat' | 'snmp'; group: string; name: string }
>;

const counterNames = Object.keys(counters) as (keyof KernelCounts)[];

type Process = number | 'self';

/**
 * Counts from now until `stop`, which returns the increase; a counter that cannot be read is
 * undefined.
 * @param pids Processes whose network namespaces are added up, each once; by default only that of
 * this process.
 */
export function startKernelCount(pids: readonly number[] = []): { stop: () => KernelCounts } {
  const processes = oneOfEachNamespace(pids.length === 0 ? ['self'] : pids);
  const before = processes.map((process) => readCounters(process));
  return {
    stop: () =>
      sumOf(
        processes.map((process, index) => addedSince(before[index] ?? {}, readCounters(process))),
      ),
  };
}

function oneOfEachNamespace(processes: readonly Process[]): Process[] {
  const byNamespace = new Map<string, Process>();
  for (const process of processes) {
    const namespace = namespaceOf(process);
    if (!byNamespace.has(namespace)) byNamespace.set(namespace, process);
  }
  return [...byNamespace.values()];
}

function namespaceOf(process: Process): string {
  try {
    return readlinkSync(`/proc/${process}/ns/net`);
  } catch {
    // A name of its own: an unreadable namespace must make the sum undefined, not disappear from
    // it.
    return `unknown, of ${process}`;
  }
}

function readCounters(process: Process): KernelCounts {
  const [netstat, snmp] = [
    readText(`/proc/${process}/net/netstat`),
    readText(`/proc/${process}/net/snmp`),
  ];
  return { ...parseKernelCounts(netstat, 'netstat'), ...parseKernelCounts(snmp, 'snmp') };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Parses the counters of a file: pairs of lines, the first with the names of a group, the second
 * with their values.
 */
export function parseKernelCounts(text: string, file: 'netstat' | 'snmp'): KernelCounts {
  const lines = text.split('\n').map((line) => line.split(' '));
  const counts: KernelCounts = {};
  for (const key of counterNames) {
    const { file: where, group, name } = counters[key];
    if (where !== file) continue;
    const [names, values] = lines.filter(([first]) => first === `${group}:`);
    const value = values?.[names?.indexOf(name) ?? -1];
    if (value !== undefined && /^\d+$/.test(value)) counts[key] = Number(value);
  }
  return counts;
}

function addedSince(before: KernelCounts, after: KernelCounts): KernelCounts {
  const added: KernelCounts = {};
  for (const key of counterNames) {
    const [from, to] = [before[key], after[key]];
    if (from !== undefined && to !== undefined) added[key] = to - from;
  }
  return added;
}

/** A counter is undefined when it is in any part: a partial sum would look like the whole. */
function sumOf(parts: readonly KernelCounts[]): KernelCounts {
  const sum: KernelCounts = {};
  for (const key of counterNames) {
    const values = parts.map((part) => part[key]);
    if (values.every((value) => value !== undefined))
      sum[key] = values.reduce((total, value) => total + value, 0);
  }
  return sum;
}
