// Parses `--path`: the network path between servers and clients in every arm of a run.

import type { Plan } from '../contract/run-file.ts';
import { commonPath, isBrowser, paths, type PathName } from '../contract/transports.ts';
import { parseName, usageError } from './quantities.ts';

const FLAG = '--path';

/** Loopback without the flag. @throws BenchError UNKNOWN_NAME */
export function readPath(flag: string | undefined): PathName {
  return flag === undefined ? 'direct' : parseName(FLAG, flag, { what: 'path', names: Object.keys(paths) as PathName[] });
}

/** @throws BenchError USAGE for a plan that its path does not support. */
export function checkPath(plan: Plan): void {
  const path = commonPath(plan.arms);
  if (path === 'relay' && plan.serverProcesses !== undefined)
    throw usageError(FLAG, path, `direct with --server-processes ${plan.serverProcesses}: a relay leads to one server`);
  if (path !== 'netns') return;
  if (plan.canary !== undefined) throw usageError(FLAG, path, 'direct with --canary: the canary is in the network of the host');
  if (plan.arms.some(({ client }) => isBrowser(client)))
    throw usageError(FLAG, path, 'direct with --client browser: a browser is in the network of the host');
  if (plan.clientAddresses !== undefined)
    throw usageError(FLAG, path, 'fewer connections: the load processes have one address there, and it has too few local ports');
}
