// The fault-injection part of a plan: faults, reconnection policies, and the limits of a server's replay.

import { faultNames, type FaultName } from '../contract/faults.ts';
import { policyNames } from '../contract/reconnect-policy.ts';
import { DEFAULT_RESUME_LIMITS } from '../contract/recovery.ts';
import type { LoadPoint } from '../contract/load-point.ts';
import type { Plan } from '../contract/run-file.ts';
import { payloads, type PayloadName } from '../contract/payload.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { BreakingScenario, FaultSize } from '../scenarios/scenario.ts';
import { BenchError } from '../contract/errors.ts';
import { parseDuration, parseList, pickName, usageError } from './quantities.ts';

/** Flags as commander parses them. */
export interface BreakingFlags {
  readonly faults?: string;
  readonly policy?: string;
  readonly heartbeat?: string;
  /** False for --no-resume. */
  readonly resume?: boolean;
}

/** A fault that is unavailable on this machine: the reason, and the fix. */
export interface AbsentFault {
  readonly fault: string;
  readonly why: string;
  readonly remedy: string;
}

interface BreakingOptions {
  readonly scenario: BreakingScenario;
  readonly name: string;
  readonly size: FaultSize;
  readonly connections: readonly number[];
  readonly whyAbsent: (fault: FaultName) => Omit<AbsentFault, 'fault'> | undefined;
}

const DEFAULT_HEARTBEAT_NS = NS_PER_S;
const SHORTEST_HEARTBEAT_NS = 100 * NS_PER_MS;
const LONGEST_HEARTBEAT_NS = 60 * NS_PER_S;

/** Plans the load points, with faults in the order of the matrix, and the recovery settings. @throws BenchError USAGE, LIMIT */
export function planBreaking(flags: BreakingFlags, options: BreakingOptions): Pick<Plan, 'loadPoints' | 'recovery'> {
  const { connections, size } = options;
  const wanted = readFaults(flags, options);
  const absent = wanted.flatMap((fault) => {
    const why = options.whyAbsent(fault);
    return why === undefined ? [] : [{ fault, ...why }];
  });
  const present = wanted.filter((fault) => absent.every((one) => one.fault !== fault));
  const [first] = absent;
  if (present.length === 0 && first !== undefined)
    throw new BenchError('LIMIT', `--faults ${flags.faults ?? ''}: ${first.fault} cannot be had here: ${first.why}`, {
      hint: first.remedy,
    });
  const policies = flags.policy === undefined ? options.scenario.policies : readPolicies(flags.policy);
  const loadPoints: LoadPoint[] = connections.flatMap((count) =>
    policies.flatMap((policy) => present.map((fault) => ({ connections: count, fault, policy }))),
  );
  return {
    loadPoints,
    recovery: {
      isResumable: flags.resume ?? true,
      limits: DEFAULT_RESUME_LIMITS,
      heartbeatNs: flags.heartbeat === undefined ? DEFAULT_HEARTBEAT_NS : readHeartbeat(flags.heartbeat),
      longOutageNs: size.longOutageNs,
      absent,
    },
  };
}

function readFaults({ faults }: BreakingFlags, { scenario, name }: BreakingOptions): readonly FaultName[] {
  if (faults === undefined || faults === 'all') return scenario.faults;
  if (!scenario.canChooseFaults)
    throw usageError('--faults', faults, `another scenario: ${name} is about the fault ${scenario.faults.join(', ')}`);
  const picked = new Set(parseList('--faults', faults).map((fault) => pickName('fault', fault, faultNames)));
  return faultNames.filter((fault) => picked.has(fault));
}

function readPolicies(text: string): readonly (typeof policyNames)[number][] {
  return text === 'both' ? policyNames : parseList('--policy', text).map((policy) => pickName('policy', policy, policyNames));
}

function readHeartbeat(text: string): number {
  const ns = parseDuration('--heartbeat', text);
  if (ns < SHORTEST_HEARTBEAT_NS || ns > LONGEST_HEARTBEAT_NS) throw usageError('--heartbeat', text, 'between 100ms and 60s');
  return ns;
}

const breakingFlagNames = { faults: '--faults', policy: '--policy', heartbeat: '--heartbeat' } as const;

/** @throws BenchError USAGE for fault-injection flags in a steady scenario. */
export function refuseBreakingFlags(flags: BreakingFlags, scenario: string): void {
  for (const [key, flag] of Object.entries(breakingFlagNames)) {
    const value = flags[key as keyof typeof breakingFlagNames];
    if (value !== undefined) throw usageError(flag, value, `scenario reconnect or herd; ${scenario} breaks nothing`);
  }
  if (flags.resume === false) throw new BenchError('USAGE', `--no-resume: scenario ${scenario} breaks nothing, so nothing is resumed`);
}

/** @throws BenchError USAGE for flags without a meaning when a fault determines the length of a trial. */
export function refuseSteadyFlags(
  flags: { readonly tokens?: string; readonly duration?: string; readonly warmup?: string; readonly stamps?: boolean },
  payload: PayloadName,
  scenario: string,
): void {
  const fixed = [
    ['--tokens', flags.tokens],
    ['--duration', flags.duration],
    ['--warmup', flags.warmup],
  ] as const;
  for (const [flag, value] of fixed) {
    if (value !== undefined) throw usageError(flag, value, `scenario stream: in ${scenario} each fault decides how long its streams are`);
  }
  if (!payloads[payload].isNumbered)
    throw usageError('--payload', payload, `a payload with sequence numbers, such as lean: without them no client can say where to go on`);
}

function unique(values: readonly (string | undefined)[]): string {
  return [...new Set(values)].filter((one) => one !== undefined).join(',');
}

/** The flags that repeat this part of the plan. */
export function repeatBreaking({ recovery, loadPoints }: Pick<Plan, 'recovery' | 'loadPoints'>, canChooseFaults: boolean): string[] {
  if (recovery === undefined) return [];
  return [
    ...(canChooseFaults ? [`--faults ${unique(loadPoints.map(({ fault }) => fault))}`] : []),
    `--policy ${unique(loadPoints.map(({ policy }) => policy))}`,
    ...(recovery.heartbeatNs === DEFAULT_HEARTBEAT_NS ? [] : [`--heartbeat ${recovery.heartbeatNs / NS_PER_MS}ms`]),
    ...(recovery.isResumable ? [] : ['--no-resume']),
  ];
}
