// Checks, before anything starts, that the machine can carry the load: descriptors, ports, memory
// for stamps. A load that it cannot carry is refused with the flags that would fix it.

import { readFileSync } from 'node:fs';
import { paths } from '../contract/arms/paths.ts';
import { faultOf, faultPath } from '../contract/faults.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import {
  countAddresses,
  MAX_ADDRESSES,
  mostConnections,
  OVERLAPPING,
  portsInAll,
  type PortLimits,
} from './ports.ts';
import { canShare, MAX_PROCESSES } from './processes.ts';

export interface MachineLimits extends PortLimits {
  /** Limit of one process; undefined when unknown: then nothing is refused. */
  readonly openFiles: number | undefined;
}

/** Files that a Node process opens besides its streams. */
const SPARE_FILES = 100;
/**
 * Columns of stamps take 8 bytes a token: one in each process, with room for the tokens of all, and
 * four in this process, which holds those of a server and of a load process twice while it joins
 * them.
 */
const MAX_STAMP_BYTES = 2.4e9;
const STAMP_BYTES = 8;
const JOINED_COLUMNS = 4;

export function readMachineLimits(): MachineLimits {
  return { openFiles: readOpenFiles(), localPorts: readLocalPorts(), reusesPorts: readReuse() };
}

function readOpenFiles(): number | undefined {
  const line = readText('/proc/self/limits')
    ?.split('\n')
    .find((one) => one.startsWith('Max open files'));
  // Node raises its own soft limit to the hard one, so the children may have as many as the hard
  // limit says.
  const hard = Number(line?.trim().split(/\s+/).at(-2));
  return Number.isFinite(hard) ? hard : undefined;
}

function readLocalPorts(): number | undefined {
  const range = readText('/proc/sys/net/ipv4/ip_local_port_range')?.trim().split(/\s+/).map(Number);
  const [first, last] = range ?? [];
  return first === undefined || last === undefined ? undefined : last - first + 1;
}

/**
 * Reuse of ports in TIME_WAIT: 1 everywhere; 2, the default, on loopback (Linux
 * Documentation/networking/ip-sysctl.rst).
 */
function readReuse(): boolean {
  return ['1', '2'].includes(readText('/proc/sys/net/ipv4/tcp_tw_reuse')?.trim() ?? '');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @throws BenchError LIMIT that names the flag, the limit and the fix. */
export function checkLimits(plan: Plan, limits: MachineLimits): void {
  // Agents have limits of their own, which are asked of them.
  if (plan.agents === undefined) {
    if (limits.openFiles !== undefined) checkFiles(plan, limits.openFiles);
    checkPorts(plan, limits);
  }
  checkStamps(plan);
}

/**
 * A server has the largest share of the connections: there are at most as many servers as load
 * processes.
 */
function checkFiles(plan: Plan, openFiles: number): void {
  const { clientProcesses: clients = 1, serverProcesses: servers = 1 } = plan;
  const connections = mostConnections(plan);
  // A relay, and a server whose tokens an upstream writes, has two sockets for each connection.
  const perConnection = plan.source === 'upstream' || plan.loadPoints.some(isRelayed) ? 2 : 1;
  const filesOf = (processes: number): number =>
    withOverlap(Math.ceil(connections / processes)) * perConnection + SPARE_FILES;
  const files = filesOf(servers);
  if (files <= openFiles) return;
  const room = Math.floor((openFiles - SPARE_FILES) / perConnection);
  const atMost = (room - Math.ceil((room * OVERLAPPING) / (1 + OVERLAPPING))) * servers;
  const enough = range(servers + 1, MAX_PROCESSES).find(
    (processes) => filesOf(processes) <= openFiles,
  );
  throw new BenchError(
    'LIMIT',
    `${askedFor(plan, connections)} needs ${files} open files in one process; the limit is ${openFiles}`,
    {
      hint: anyOf([
        ...(enough === undefined || !canShare(plan.scenario)
          ? []
          : [
              `share them: --client-processes ${multipleOf(enough, clients)} --server-processes ${enough}`,
            ]),
        `raise it: ulimit -n ${files}`,
        ...(atMost > 0
          ? [plan.arrivals === undefined ? `ask for at most ${atMost} connections` : FEWER_ARRIVALS]
          : []),
      ]),
    },
  );
}

/** Files that a process needs which has this many connections. */
export function filesOfProcess(connections: number): number {
  return withOverlap(Math.ceil(connections)) + SPARE_FILES;
}

/** How the connections came about. */
function askedFor({ arrivals }: Plan, connections: number): string {
  return arrivals === undefined
    ? `--connections ${connections}`
    : `--arrivals with up to ${connections} streams open at once`;
}

const FEWER_ARRIVALS = 'lower the rate or the speed in --arrivals';

function withOverlap(connections: number): number {
  return connections + Math.ceil(connections * OVERLAPPING);
}

/** A relay has two sockets for each connection. */
function isRelayed({ fault }: Plan['loadPoints'][number]): boolean {
  return fault !== undefined && paths[faultPath(fault)].usesRelay;
}

/**
 * Streams that end with their connections get as many addresses as they need; others have only one.
 */
function checkPorts(plan: Plan, limits: MachineLimits): void {
  const { localPorts } = limits;
  if (localPorts === undefined) return;
  const connections = mostConnections(plan);
  const ports = portsInAll(plan, connections);
  const addresses = countAddresses(plan, limits) ?? 1;
  if (canShare(plan.scenario) ? addresses <= MAX_ADDRESSES : ports <= localPorts) return;
  const where = canShare(plan.scenario)
    ? `, and ${MAX_ADDRESSES} addresses of a load process are too few for them`
    : '';
  throw new BenchError(
    'LIMIT',
    `${askedFor(plan, connections)} makes about ${ports} connections in a trial, but there are only ${localPorts} local ports${where}`,
    {
      hint: anyOf([
        'widen net.ipv4.ip_local_port_range',
        plan.arrivals === undefined ? 'ask for fewer connections' : FEWER_ARRIVALS,
        ...(plan.recovery === undefined ? ['for longer streams with --tokens'] : []),
      ]),
    },
  );
}

/** Longest time from the fault to the end of the streams. */
function longestFaultNs({ recovery, loadPoints }: Plan): number {
  if (recovery === undefined) return 0;
  return Math.max(
    ...loadPoints.map(({ fault }) => {
      if (fault === undefined) return 0;
      const { outageNs, recoveryNs } = faultOf(fault, recovery.longOutageNs);
      return outageNs + recoveryNs;
    }),
  );
}

/** Streaming time summed over all connections. */
function streamingNs(plan: Plan): number {
  const { ladder } = plan;
  if (ladder !== undefined)
    return ladder.streamNs * ladder.rungs.reduce((sum, connections) => sum + connections, 0);
  return mostConnections(plan) * (plan.warmupNs + plan.windowNs + longestFaultNs(plan));
}

function checkStamps(plan: Plan): void {
  const { clientProcesses = 1, serverProcesses = 1, arrivals } = plan;
  const tokens =
    arrivals?.most.tokens ?? (plan.workload.tokensPerSecond * streamingNs(plan)) / NS_PER_S;
  const most =
    MAX_STAMP_BYTES / (STAMP_BYTES * (clientProcesses + serverProcesses + JOINED_COLUMNS));
  if (tokens <= most) return;
  const times = Math.ceil((10 * tokens) / most) / 10;
  throw new BenchError(
    'LIMIT',
    `this load is ${Math.round(tokens / 1e6)} million tokens a trial; at most ${Math.floor(most / 1e6)} million can be stamped`,
    {
      hint: `lower ${arrivals === undefined ? '--connections, --rate' : 'the rate or the speed in --arrivals'} or --duration: together by a factor of ${times}`,
    },
  );
}

/** The least multiple of `unit` that is not below `least`. */
function multipleOf(unit: number, least: number): number {
  return Math.ceil(least / unit) * unit;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function anyOf(remedies: readonly string[]): string {
  return remedies.length === 1
    ? String(remedies[0])
    : `${remedies.slice(0, -1).join('; ')}; or ${remedies.at(-1)}`;
}
