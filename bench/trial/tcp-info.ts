// Reads TCP_INFO of a server's open sockets with `ss`, if installed: bytes and segments that the
// kernel sent.

import { execFile } from 'node:child_process';
import type { TcpInfo } from '../contract/run-file.ts';

const SS_TIMEOUT_MS = 5000;
const SS_MAX_BYTES = 256 * 1024 * 1024;

/**
 * Keys that `ss -ti` leaves out when they are 0 count as 0. Returns undefined without `ss` or
 * without sockets.
 * @param within The command that enters the servers' network namespace, if they have one of their
 * own.
 */
export async function readTcpInfo(
  serverPorts: readonly number[],
  within: readonly string[] = [],
): Promise<TcpInfo | undefined> {
  const [program, ...words] = [...within, 'ss'];
  const text = await new Promise<string | undefined>((resolve) => {
    execFile(
      program,
      [
        ...words,
        '-tinOH',
        'state',
        'established',
        `( ${serverPorts.map((port) => `sport = :${port}`).join(' or ')} )`,
      ],
      { timeout: SS_TIMEOUT_MS, maxBuffer: SS_MAX_BYTES },
      (error, stdout) => resolve(error === null ? stdout : undefined),
    );
  });
  return text === undefined ? undefined : parseTcpInfo(text);
}

/** Parses one line a socket, each with `key:value` fields. */
export function parseTcpInfo(text: string): TcpInfo | undefined {
  const lines = text.split('\n').filter((line) => line.includes('bytes_sent:'));
  if (lines.length === 0) return undefined;
  const sum = (key: string): number =>
    lines.reduce(
      (total, line) => total + Number(new RegExp(`\\b${key}:(\\d+)`).exec(line)?.[1] ?? 0),
      0,
    );
  return {
    sockets: lines.length,
    bytesSent: sum('bytes_sent'),
    bytesRetransmitted: sum('bytes_retrans'),
    segmentsOut: sum('segs_out'),
    segmentsIn: sum('segs_in'),
    dataSegmentsOut: sum('data_segs_out'),
  };
}
