// Parses the number of processes that share the work of a trial. Descriptors of one process, and
// connections from one address to one server port, are limited; several of each multiply the limit.

import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { BenchError } from '../contract/errors.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { whyRefused } from '../flags/taken.ts';
import { scenarios } from '../scenarios/registry.ts';
import { parseCount, usageError } from './quantities.ts';

export type Processes = Pick<Plan, 'clientProcesses' | 'serverProcesses'>;

export const MAX_PROCESSES = 64;

/** Whether several load processes and servers may share the work of a trial. */
export function canShare(scenario: ScenarioId): boolean {
  return whyRefused('serverProcesses', scenarios[scenario]) === undefined;
}

/**
 * Counts that are not given are 1 and left out. @param connections Connections of each load point.
 * @throws BenchError USAGE
 */
export function readProcesses(
  flags: Pick<RunFlags, 'clientProcesses' | 'serverProcesses'>,
  connections: readonly number[],
): Processes {
  const clients = readCount('--client-processes', flags.clientProcesses);
  const servers = readCount('--server-processes', flags.serverProcesses);
  if (clients % servers !== 0) {
    const enough = Math.ceil(clients / servers) * servers;
    throw new BenchError(
      'USAGE',
      `--server-processes ${servers}: expected as many load processes or a multiple of them, not ${clients}: each server gets an equal share`,
      { hint: `add --client-processes ${enough}` },
    );
  }
  const fewest = Math.min(...connections);
  if (clients > fewest)
    throw usageError(
      '--client-processes',
      String(clients),
      `at most one for each connection, and --connections has ${fewest}`,
    );
  return {
    ...(clients > 1 && { clientProcesses: clients }),
    ...(servers > 1 && { serverProcesses: servers }),
  };
}

function readCount(flag: string, value: string | undefined): number {
  return value === undefined ? 1 : parseCount(flag, value, 1, MAX_PROCESSES);
}
