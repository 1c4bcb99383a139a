// The fault-injection part of a plan: faults, reconnection policies, and the limits of a server's
// replay.

import { faultNames, type FaultName } from '../contract/faults.ts';
import type { Arm } from '../contract/arms/arms.ts';
import { transports } from '../contract/arms/transports.ts';
import { policyNames, type PolicyName } from '../contract/reconnect-policy.ts';
import { DEFAULT_RESUME_LIMITS } from '../contract/recovery.ts';
import type { LoadPoint } from '../contract/load-point.ts';
import type { Plan } from '../contract/run-file.ts';
import { payloads, type PayloadName } from '../contract/payload.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { BreakingScenario, FaultSize } from '../scenarios/scenario.ts';
import { BenchError } from '../contract/errors.ts';
import { DEFAULT_HEARTBEAT_NS } from './defaults.ts';
import { parseDuration, parseNames, usageError } from './quantities.ts';

/** A fault that is unavailable on this machine: the reason, and the fix. */
export interface AbsentFault {
  readonly fault: string;
  readonly why: string;
  readonly remedy: string;
}

type FaultFlags = Pick<RunFlags, 'faults' | 'policy' | 'heartbeat' | 'resume'>;

interface BreakingOptions {
  readonly arms: Plan['arms'];
  readonly scenario: BreakingScenario;
  readonly payload: PayloadName;
  readonly size: FaultSize;
  readonly connections: readonly number[];
  readonly whyAbsent: (fault: FaultName) => Omit<AbsentFault, 'fault'> | undefined;
}

/** The policy under which all arms reconnect alike. */
const identical: PolicyName = 'identical';

const SHORTEST_HEARTBEAT_NS = 100 * NS_PER_MS;
const LONGEST_HEARTBEAT_NS = 60 * NS_PER_S;

/**
 * Plans the load points, with faults in the order of the matrix, and the recovery settings. @throws
 * BenchError USAGE, LIMIT
 */
export function planBreaking(
  flags: FaultFlags,
  options: BreakingOptions,
): Pick<Plan, 'loadPoints' | 'recovery'> {
  const { connections, size, payload } = options;
  if (!payloads[payload].isNumbered)
    throw usageError(
      '--payload',
      payload,
      'a payload whose numbers a client resumes by, such as lean: without them it cannot say where to go on',
    );
  const wanted = readFaults(flags, options);
  const absent = wanted.flatMap((fault) => {
    const why = options.whyAbsent(fault);
    return why === undefined ? [] : [{ fault, ...why }];
  });
  const present = wanted.filter((fault) => absent.every((one) => one.fault !== fault));
  const [first] = absent;
  if (present.length === 0 && first !== undefined)
    throw new BenchError(
      'LIMIT',
      `--faults ${flags.faults ?? ''}: ${first.fault} cannot be had here: ${first.why}`,
      {
        hint: first.remedy,
      },
    );
  const policies = policiesOf(flags, options.scenario);
  for (const policy of policies) checkPolicy(policy, options.arms);
  const loadPoints: LoadPoint[] = connections.flatMap((count) =>
    policies.flatMap((policy) => present.map((fault) => ({ connections: count, fault, policy }))),
  );
  return {
    loadPoints,
    recovery: {
      isResumable: flags.resume ?? true,
      limits: DEFAULT_RESUME_LIMITS,
      heartbeatNs:
        flags.heartbeat === undefined ? DEFAULT_HEARTBEAT_NS : readHeartbeat(flags.heartbeat),
      longOutageNs: size.longOutageNs,
      absent,
    },
  };
}

function readFaults({ faults }: FaultFlags, { scenario }: BreakingOptions): readonly FaultName[] {
  if (faults === undefined || faults === 'all') return scenario.faults;
  const picked = new Set(parseNames('--faults', faults, { what: 'fault', names: faultNames }));
  return faultNames.filter((fault) => picked.has(fault));
}

/** The reconnect policies of a plan. @throws BenchError UNKNOWN_NAME */
export function policiesOf(
  { policy }: Pick<RunFlags, 'policy'>,
  { policies }: Pick<BreakingScenario, 'policies'>,
): readonly PolicyName[] {
  if (policy === undefined) return policies;
  return policy === 'both'
    ? policyNames
    : parseNames('--policy', policy, { what: 'policy', names: policyNames });
}

/**
 * Why an arm cannot be measured under a policy, as a predicate; undefined when it can. The null arm
 * has no specification, and reconnects as the others do under the identical policy. A transport
 * that is specified never to come back has nothing to be measured under its own rules.
 */
export function whyNotUnder(
  policy: PolicyName,
  { transport }: Pick<Arm, 'transport'>,
): string | undefined {
  const { isNullArm, specifiedReconnect } = transports[transport];
  return policy === identical || isNullArm || specifiedReconnect !== undefined
    ? undefined
    : `never comes back by itself under policy ${policy}`;
}

function checkPolicy(policy: PolicyName, arms: Plan['arms']): void {
  const arm = arms.find((one) => whyNotUnder(policy, one) !== undefined);
  if (arm === undefined) return;
  throw usageError(
    '--policy',
    policy,
    `${identical}: as specified, a client of ${arm.transport} never comes back by itself`,
  );
}

function readHeartbeat(text: string): number {
  const ns = parseDuration('--heartbeat', text);
  if (ns < SHORTEST_HEARTBEAT_NS || ns > LONGEST_HEARTBEAT_NS)
    throw usageError('--heartbeat', text, 'between 100ms and 60s');
  return ns;
}
