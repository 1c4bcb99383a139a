// Parses the number of processes that share the work of a trial. Descriptors of one process, and connections from one address
// to one server port, are limited; several of each multiply the limit.

import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { BenchError } from '../contract/errors.ts';
import { parseCount, usageError } from './quantities.ts';

/** Flags as commander parses them. */
export interface ProcessFlags {
  readonly clientProcesses?: string;
  readonly serverProcesses?: string;
}

export type Processes = Pick<Plan, 'clientProcesses' | 'serverProcesses'>;

interface SharedWork {
  readonly scenario: ScenarioId;
  /** Connections of each load point. */
  readonly connections: readonly number[];
}

export const MAX_PROCESSES = 64;

/** Faults strike one server; a closed loop's throughput is that of one load process with one server; and an origin is one server. */
const undivided: ReadonlySet<ScenarioId> = new Set(['reconnect', 'herd', 'completions', 'browser-limits']);

export function canShare(scenario: ScenarioId): boolean {
  return !undivided.has(scenario);
}

/** Counts that are not given are 1 and left out. @throws BenchError USAGE */
export function readProcesses(flags: ProcessFlags, { scenario, connections }: SharedWork): Processes {
  const clients = readCount('--client-processes', flags.clientProcesses);
  const servers = readCount('--server-processes', flags.serverProcesses);
  if (!canShare(scenario)) refuse(flags, scenario);
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
    throw usageError('--client-processes', String(clients), `at most one for each connection, and --connections has ${fewest}`);
  return { ...(clients > 1 && { clientProcesses: clients }), ...(servers > 1 && { serverProcesses: servers }) };
}

function readCount(flag: string, value: string | undefined): number {
  return value === undefined ? 1 : parseCount(flag, value, 1, MAX_PROCESSES);
}

function refuse({ clientProcesses, serverProcesses }: ProcessFlags, scenario: ScenarioId): void {
  for (const [flag, value] of [
    ['--client-processes', clientProcesses],
    ['--server-processes', serverProcesses],
  ] as const) {
    if (value !== undefined && Number(value) !== 1)
      throw usageError(flag, value, `1: in ${scenario} one load process speaks with one server`);
  }
}

/** The flags that repeat this part of the plan. */
export function repeatProcesses({ clientProcesses, serverProcesses }: Processes): string[] {
  return [
    ...(clientProcesses === undefined ? [] : [`--client-processes ${clientProcesses}`]),
    ...(serverProcesses === undefined ? [] : [`--server-processes ${serverProcesses}`]),
  ];
}
