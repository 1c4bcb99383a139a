// Reads the kernel memory of connections: it belongs to no process, and on one host it covers both
// ends.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Rung } from '../../../contract/ladder.ts';
import { KIB } from '../../../contract/units.ts';

export type KernelMemory = Rung['kernel'];

/**
 * Slabs of an open TCP connection: the socket with its inode and its file, and its entry in the
 * interest list of an epoll. Packet heads are left out, since the memory charged to a socket
 * includes them (the kernel's SKB_TRUESIZE); directory entries too, since any program that walks a
 * file system fills their cache.
 */
const connectionSlabs = /^(?:TCP|sock_inode_cache|filp|eventpoll_\w+)$/;

const SS_TIMEOUT_MS = 5000;
const SS_MAX_BYTES = 256 * 1024 * 1024;

/**
 * @param serverPorts Ports on which the servers listen.
 * @param within The command that enters the servers' network namespace, if they have one of their
 * own.
 */
export async function readKernelMemory(
  serverPorts: readonly number[],
  within: readonly string[] = [],
): Promise<KernelMemory> {
  const pageBytes = readPageBytes();
  const { sockets, tcpBytes } = parseSocketStatistics(
    readText('/proc/net/sockstat') ?? '',
    pageBytes,
  );
  // Only root may read slabinfo.
  const slabBytes = parseSlabs(readText('/proc/slabinfo') ?? '', pageBytes);
  const socketBytes = await readSocketMemory(serverPorts, within);
  return {
    ...(socketBytes !== undefined && { socketBytes }),
    ...(slabBytes !== undefined && { slabBytes }),
    ...(tcpBytes !== undefined && { tcpBytes }),
    ...(sockets !== undefined && { sockets }),
  };
}

/**
 * `TCP: inuse 5 orphan 0 tw 2 alloc 8 mem 2`: `alloc` counts sockets, `mem` their buffers in pages;
 * both of the whole machine.
 */
export function parseSocketStatistics(
  sockstat: string,
  pageBytes: number | undefined,
): { readonly sockets?: number; readonly tcpBytes?: number } {
  const [, sockets, pages] = /^TCP:.* alloc (\d+) mem (\d+)$/m.exec(sockstat) ?? [];
  if (sockets === undefined) return {};
  return {
    sockets: Number(sockets),
    ...(pageBytes !== undefined && { tcpBytes: Number(pages) * pageBytes }),
  };
}

/**
 * Size of whole slabs, unused room included: the kernel has allocated it (slabinfo(5): name, 2
 * counts of objects, objsize, objperslab, pagesperslab, … slabdata active_slabs num_slabs). Returns
 * undefined without any of them.
 */
export function parseSlabs(slabinfo: string, pageBytes: number | undefined): number | undefined {
  if (pageBytes === undefined) return undefined;
  const sizes = slabinfo.split('\n').flatMap((line) => {
    const [name = '', , , , , pagesPerSlab] = line.split(/\s+/);
    const slabs = /: slabdata\s+\d+\s+(\d+)/.exec(line)?.[1];
    return connectionSlabs.test(name) && slabs !== undefined
      ? [Number(slabs) * Number(pagesPerSlab) * pageBytes]
      : [];
  });
  return sizes.length === 0 ? undefined : sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function readSocketMemory(
  serverPorts: readonly number[],
  within: readonly string[],
): Promise<number | undefined> {
  const [program, ...words] = [...within, 'ss'];
  return await new Promise((resolve) => {
    execFile(
      program,
      [
        ...words,
        '-tmnOH',
        'state',
        'established',
        `( ${serverPorts.map((port) => `sport = :${port}`).join(' or ')} )`,
      ],
      { timeout: SS_TIMEOUT_MS, maxBuffer: SS_MAX_BYTES },
      (error, stdout) => resolve(error === null ? parseSocketMemory(stdout) : undefined),
    );
  });
}

/**
 * Sums bytes to be read (`r`), sent or acknowledged (`w`) or processed (`bl`), in reserve (`f`), of
 * options (`o`): ss(8), skmem.
 */
export function parseSocketMemory(text: string): number {
  let bytes = 0;
  for (const [, fields = ''] of text.matchAll(/skmem:\(([^)]*)\)/g))
    for (const [, name = '', value] of fields.matchAll(/([a-z]+)(\d+)/g))
      if (charged.has(name)) bytes += Number(value);
  return bytes;
}

/** The other fields are limits, drops, and `t`, which `w` includes. */
const charged: ReadonlySet<string> = new Set(['r', 'w', 'bl', 'f', 'o']);

function readPageBytes(): number | undefined {
  const kilobytes = /^KernelPageSize:\s+(\d+) kB/m.exec(readText('/proc/self/smaps') ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * KIB;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
