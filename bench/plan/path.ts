// Parses `--path`: the network path between servers and clients in every arm of a run.

import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { commonPath, isBrowser, paths, type PathName } from '../contract/transports.ts';
import { pickName, usageError } from './quantities.ts';

const FLAG = '--path';

/** Whether the scenario's trials can use a path other than loopback. A fault sets the path that it needs itself. */
export function takesPath(scenario: ScenarioId): boolean {
  return scenario === 'stream';
}

/** @throws BenchError USAGE or UNKNOWN_NAME */
export function readPath(flag: string | undefined, scenario: ScenarioId): PathName {
  const path = pickName('path', flag ?? 'direct', Object.keys(paths) as PathName[]);
  if (path !== 'direct' && !takesPath(scenario)) throw usageError(FLAG, path, `direct in ${scenario}: other paths are for scenario stream`);
  return path;
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

/** The flag that repeats this part of the plan. */
export function repeatPath(plan: Pick<Plan, 'arms'>): string[] {
  const path = commonPath(plan.arms);
  return path === 'direct' ? [] : [`${FLAG} ${path}`];
}
