// Builds the part of the specification that all kinds of trials share.

import { resolve } from 'node:path';
import type { Certificate } from '../contract/certificate.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import type { Plan } from '../contract/run-file.ts';
import { tailOf } from '../contract/tail.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { NS_PER_MS } from '../contract/units.ts';

/** The ramp is this share of the warm-up. */
export const RAMP_SHARE = 0.5;

/**
 * Streams of a population end within one gap of each other, and ending one takes both sides some
 * 0.3 ms of CPU time.
 */
const MOST_END_NS = 0.5 * NS_PER_MS;

/** Fields that differ between kinds of trials. */
type Special =
  | 'rehearsalTokens'
  | 'lowPhase'
  | 'rampNs'
  | 'windowNs'
  | 'recovery'
  | 'timetable'
  | 'stall'
  | 'connecting';

/** The parts of a planned trial that decide its streams. */
export type SpecifiedTrial = Pick<PlannedTrial, 'arm' | 'loadPoint' | 'workloadSeed'>;

export interface SpecificationOptions {
  readonly plan: Plan;
  /** Path of the plan's tokens on this machine. */
  readonly tokenFile: string;
  /** Address on which the server listens. */
  readonly host: string;
  readonly port: number;
  /** Set for an arm over TLS. */
  readonly certificate?: Certificate | undefined;
}

export function specifyTrial(
  planned: SpecifiedTrial,
  { plan, tokenFile, host, port, certificate }: SpecificationOptions,
): Omit<TrialSpecification, Special> {
  return {
    transport: planned.arm.transport,
    ...(planned.arm.writes !== undefined && { writes: planned.arm.writes }),
    ...(planned.arm.streamsPerConnection !== undefined && {
      streamsPerConnection: planned.arm.streamsPerConnection,
    }),
    ...(planned.arm.uplink !== undefined && { uplink: planned.arm.uplink }),
    ...(certificate !== undefined && { tls: certificate }),
    client: planned.arm.client,
    connections: planned.loadPoint.connections,
    workload: { ...plan.workload, tokenFile: resolve(tokenFile) },
    payload: plan.payload,
    workloadSeed: planned.workloadSeed,
    warmupNs: plan.warmupNs,
    tailNs: tailOf(plan.workload),
    drainNs: Math.max(plan.drainNs, planned.loadPoint.connections * MOST_END_NS),
    backpressureBytes: plan.backpressureBytes,
    ...(planned.arm.injection !== undefined && { injection: planned.arm.injection }),
    ...(plan.browser !== undefined && { browser: plan.browser }),
    host,
    port,
  };
}
