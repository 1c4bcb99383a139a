// What the processes of a trial are told, whatever kind of trial it is.

import { resolve } from 'node:path';
import type { TrialSpecification } from '../contract/messages.ts';
import type { Plan } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { NS_PER_MS } from '../contract/units.ts';

/** Streams go on for this long after the window, so that its last tokens and the memory reading see a whole population. */
export const TAIL_NS = 250 * NS_PER_MS;

/** What differs between kinds of trials. */
type Special = 'rehearsalTokens' | 'rampNs' | 'windowNs' | 'injection' | 'recovery' | 'timetable' | 'stall' | 'connecting';

export interface SpecificationOptions {
  readonly plan: Plan;
  /** Where the plan's tokens are on this machine. */
  readonly tokenFile: string;
  /** Where the server listens. */
  readonly host: string;
  readonly port: number;
}

export function specifyTrial(
  planned: PlannedTrial,
  { plan, tokenFile, host, port }: SpecificationOptions,
): Omit<TrialSpecification, Special> {
  return {
    transport: planned.arm.transport,
    client: planned.arm.client,
    connections: planned.loadPoint.connections,
    workload: { ...plan.workload, tokenFile: resolve(tokenFile) },
    payload: plan.payload,
    workloadSeed: planned.workloadSeed,
    warmupNs: plan.warmupNs,
    tailNs: TAIL_NS,
    drainNs: plan.drainNs,
    backpressureBytes: plan.backpressureBytes,
    host,
    port,
  };
}
