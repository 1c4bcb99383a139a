// Counts read and write system calls of other processes, from outside and without tracing them: the
// kernel keeps the counters anyway, and reading them twice costs the processes nothing.

import { readFileSync } from 'node:fs';
import type { WindowCalls } from '../contract/run-file.ts';

interface CallCount {
  readonly reads: number;
  readonly writes: number;
}

interface CountedProcesses {
  readonly servers: readonly number[];
  readonly clients: readonly number[];
}

/**
 * Counts from now until the returned function is called; that returns undefined when a count cannot
 * be read at either end.
 */
export function countCalls(pids: CountedProcesses): () => WindowCalls | undefined {
  const before = readBoth(pids);
  return () => {
    const after = readBoth(pids);
    if (before === undefined || after === undefined) return undefined;
    return {
      spanNs: Number(after.atNs - before.atNs),
      serverReads: after.servers.reads - before.servers.reads,
      serverWrites: after.servers.writes - before.servers.writes,
      clientReads: after.clients.reads - before.clients.reads,
      clientWrites: after.clients.writes - before.clients.writes,
    };
  };
}

function readBoth({ servers, clients }: CountedProcesses) {
  const atNs = process.hrtime.bigint();
  const [server, client] = [readCalls(servers), readCalls(clients)];
  return server === undefined || client === undefined
    ? undefined
    : { atNs, servers: server, clients: client };
}

/**
 * Counts of all threads of all these processes since they began. The kernel counts read, readv,
 * pread, write, writev and pwrite on any kind of file (proc_pid_io(5)). It does not count recv,
 * send and similar calls, which libuv does not use on sockets (1.52, verified with strace).
 */
function readCalls(pids: readonly number[]): CallCount | undefined {
  const counts = pids.map(readProcess);
  let [reads, writes] = [0, 0];
  for (const count of counts) {
    if (count === undefined) return undefined;
    reads += count.reads;
    writes += count.writes;
  }
  return { reads, writes };
}

function readProcess(pid: number): CallCount | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/io`, 'latin1');
  } catch {
    return undefined;
  }
  const [reads, writes] = [/^syscr: (\d+)$/m, /^syscw: (\d+)$/m].map(
    (pattern) => pattern.exec(text)?.[1],
  );
  return reads === undefined || writes === undefined
    ? undefined
    : { reads: Number(reads), writes: Number(writes) };
}
