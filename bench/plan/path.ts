// Parses `--path`, the network path between servers and clients in every arm of a run, and checks
// which arms can pass which path.

import { answersPlainHttp, type Arm } from '../contract/arms/arms.ts';
import { DEFAULT_PATH, pathNames, paths, type PathName } from '../contract/arms/paths.ts';
import { clientStacks, isBrowser } from '../contract/arms/stacks.ts';
import type { Plan } from '../contract/run-file.ts';
import { parseName, usageError } from './quantities.ts';

const FLAG = '--path';

/** Loopback without the flag. @throws BenchError UNKNOWN_NAME */
export function readPath(flag: string | undefined): PathName {
  return flag === undefined
    ? DEFAULT_PATH
    : parseName(FLAG, flag, { what: 'path', names: pathNames });
}

/**
 * Says why the arm cannot pass the path, as a predicate after its name; undefined where it can. A
 * reverse proxy here speaks HTTP/1.1 without TLS to both sides; through a forward one TLS has a
 * tunnel.
 */
export function whyNotOver(
  path: PathName,
  arm: Pick<Arm, 'transport' | 'tls' | 'client'>,
): string | undefined {
  const { real, forward, proxy } = paths[path];
  if (real === undefined) return undefined;
  if (forward === undefined)
    return answersPlainHttp(arm)
      ? undefined
      : `is not plain HTTP/1.1, which is all that ${proxy} passes on here`;
  if (!clientStacks[arm.client].takesForwardProxy)
    return `is received by a client that cannot be told of a proxy: ${proxy} is one that clients name the server to`;
  return arm.tls === true || answersPlainHttp(arm)
    ? undefined
    : `has neither HTTP/1.1 nor TLS, which is all that ${proxy} passes on`;
}

/** @throws BenchError USAGE for a plan that one of its paths does not support. */
export function checkPath(plan: Plan): void {
  for (const path of new Set(plan.arms.map((arm) => arm.path))) checkOne(path, plan);
}

function checkOne(path: PathName, plan: Plan): void {
  const { leadsToOneServer, isOnHost, real, proxy } = paths[path];
  if (leadsToOneServer && plan.serverProcesses !== undefined)
    throw usageError(
      FLAG,
      path,
      `${DEFAULT_PATH} with --server-processes ${plan.serverProcesses}: ${real === undefined ? `a ${path}` : proxy} leads to one server`,
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
