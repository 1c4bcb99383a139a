// Reads the kernel's counts for the open sockets of a trial's servers, between two counts of the servers themselves.

import type { SocketCounts } from '../contract/run-file.ts';
import type { RunningTrial } from './open-trial.ts';
import { readTcpInfo } from './tcp-info.ts';

/** Takes some ms, tens of them with thousands of sockets: never inside a window. */
export async function readSockets({
  ports,
  path,
  countOpen,
}: Pick<RunningTrial, 'ports' | 'path' | 'countOpen'>): Promise<SocketCounts> {
  const before = await countOpen();
  const tcp = await readTcpInfo(ports, path.withinServer);
  const after = await countOpen();
  return { ...(tcp !== undefined && { tcp }), openCounts: { before, after } };
}
