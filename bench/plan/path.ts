// Parses `--path`: the network path between servers and clients in every arm of a run.

import { commonPath } from '../contract/arms/arms.ts';
import { DEFAULT_PATH, pathNames, paths, type PathName } from '../contract/arms/paths.ts';
import { isBrowser } from '../contract/arms/stacks.ts';
import type { Plan } from '../contract/run-file.ts';
import { parseName, usageError } from './quantities.ts';

const FLAG = '--path';

/** Loopback without the flag. @throws BenchError UNKNOWN_NAME */
export function readPath(flag: string | undefined): PathName {
  return flag === undefined
    ? DEFAULT_PATH
    : parseName(FLAG, flag, { what: 'path', names: pathNames });
}

/** @throws BenchError USAGE for a plan that its path does not support. */
export function checkPath(plan: Plan): void {
  const path = commonPath(plan.arms);
  const { leadsToOneServer, isOnHost } = paths[path];
  if (leadsToOneServer && plan.serverProcesses !== undefined)
    throw usageError(
      FLAG,
      path,
      `${DEFAULT_PATH} with --server-processes ${plan.serverProcesses}: a ${path} leads to one server`,
    );
  if (isOnHost) return;
  if (plan.canary !== undefined)
    throw usageError(
      FLAG,
      path,
      `${DEFAULT_PATH} with --canary: the canary is in the network of the host`,
    );
  const page = plan.arms.find(({ client }) => isBrowser(client));
  if (page !== undefined)
    throw usageError(
      FLAG,
      path,
      `${DEFAULT_PATH} with --client ${page.client}: a browser is in the network of the host`,
    );
  if (plan.clientAddresses !== undefined)
    throw usageError(
      FLAG,
      path,
      'fewer connections: the load processes have one address there, and it has too few local ports',
    );
}
