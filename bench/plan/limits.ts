// Checks, before anything starts, that the machine can carry the load: descriptors, ports, memory for stamps.

import { readFileSync } from 'node:fs';
import { faultOf, faultPath } from '../contract/faults.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';

export interface MachineLimits {
  /** Undefined where unknown: then nothing is refused. */
  readonly openFiles: number | undefined;
  readonly localPorts: number | undefined;
}

/** What a Node process opens besides its streams. */
const SPARE_FILES = 100;
/** Streams of one slot overlap for a moment when one follows another. */
const OVERLAP = 1.1;
/** 8 bytes a stamp, two stamps a token, twice while they are joined. */
const MAX_TOKENS_PER_TRIAL = 50_000_000;

export function readMachineLimits(): MachineLimits {
  return { openFiles: readOpenFiles(), localPorts: readLocalPorts() };
}

function readOpenFiles(): number | undefined {
  const line = readText('/proc/self/limits')
    ?.split('\n')
    .find((one) => one.startsWith('Max open files'));
  // Node raises its own soft limit to the hard one, so the children may have as many as the hard limit says.
  const hard = Number(line?.trim().split(/\s+/).at(-2));
  return Number.isFinite(hard) ? hard : undefined;
}

function readLocalPorts(): number | undefined {
  const range = readText('/proc/sys/net/ipv4/ip_local_port_range')?.trim().split(/\s+/).map(Number);
  const [first, last] = range ?? [];
  return first === undefined || last === undefined ? undefined : last - first + 1;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Accepted connections of a stream that breaks once, with room for attempts that are given up half way. */
const CONNECTIONS_PER_BROKEN_STREAM = 4;

/** Connections that a trial opens in all; those of steady streams by the mean length of a stream. */
function estimateStreams(plan: Plan, connections: number): number {
  const { workload } = plan;
  if (plan.recovery !== undefined) return connections * CONNECTIONS_PER_BROKEN_STREAM;
  const streamNs = workload.firstTokenMedianMs * NS_PER_MS + (workload.tokensPerStream / workload.tokensPerSecond) * NS_PER_S;
  return Math.ceil(connections * (1.5 + (plan.warmupNs + plan.windowNs) / streamNs));
}

/** From the fault to the end of the streams. */
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

/** A relay has two sockets for each connection. */
function isRelayed({ fault }: Plan['loadPoints'][number]): boolean {
  return fault !== undefined && faultPath(fault) === 'relay';
}

/** @throws BenchError LIMIT that names the flag, the limit and the remedy. */
export function checkLimits(plan: Plan, limits: MachineLimits): void {
  const connections = Math.max(...plan.loadPoints.map((point) => point.connections));
  const perConnection = OVERLAP * (plan.loadPoints.some(isRelayed) ? 2 : 1);
  const files = Math.ceil(connections * perConnection) + SPARE_FILES;
  if (limits.openFiles !== undefined && files > limits.openFiles) {
    throw new BenchError(
      'LIMIT',
      `--connections ${connections} needs ${files} open files in one process; the limit is ${limits.openFiles}`,
      {
        hint: `raise it (ulimit -n ${files}) or ask for at most ${Math.floor((limits.openFiles - SPARE_FILES) / perConnection)} connections`,
      },
    );
  }
  const streams = estimateStreams(plan, connections);
  if (limits.localPorts !== undefined && streams > limits.localPorts) {
    throw new BenchError(
      'LIMIT',
      `--connections ${connections} opens about ${streams} streams in a trial, but there are only ${limits.localPorts} local ports`,
      {
        hint: `widen net.ipv4.ip_local_port_range, or ask for fewer connections${plan.recovery === undefined ? ', or for longer streams with --tokens' : ''}`,
      },
    );
  }
  const tokens = connections * plan.workload.tokensPerSecond * ((plan.warmupNs + plan.windowNs + longestFaultNs(plan)) / NS_PER_S);
  if (tokens > MAX_TOKENS_PER_TRIAL) {
    throw new BenchError(
      'LIMIT',
      `this load is ${Math.round(tokens / 1e6)} million tokens a trial; at most ${MAX_TOKENS_PER_TRIAL / 1e6} million can be stamped`,
      {
        hint: 'lower --connections, --rate or --duration',
      },
    );
  }
}
