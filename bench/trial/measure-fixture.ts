// Test support: plans without a command line, and the options under which one of their trials is
// measured alone and in silence.

import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { planTrials, type PlannedTrial } from '../plan/trials.ts';
import { locateTokens } from '../plan/workloads.ts';
import type { MeasureOptions } from './procedure.ts';

export async function planOf(scenario: string, flags: RunFlags): Promise<Plan> {
  const { plan } = await buildPlan([scenario], flags, { randomSeed: () => 1, canPin: false });
  return plan;
}

export function firstTrial(plan: Plan): PlannedTrial {
  const [planned] = planTrials(plan);
  if (planned === undefined) throw new TypeError('a plan has a trial');
  return planned;
}

export function quietOptions(plan: Plan): MeasureOptions {
  return {
    plan,
    tokenFile: locateTokens(plan.workload, '.'),
    port: 0,
    verbose: false,
    signal: new AbortController().signal,
    keepStampsIn: undefined,
    onProgress: () => {},
  };
}
