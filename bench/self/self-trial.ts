// Measures the trials behind the rows: planned like any run of the quick preset, one at a time, and
// reported on stderr.

import { cpus } from 'node:os';
import { armName } from '../contract/arms/arms.ts';
import type { ClientStack } from '../contract/arms/stacks.ts';
import type { TransportId } from '../contract/arms/transports.ts';
import type { Plan } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { NS_PER_S, NS_PER_US } from '../contract/units.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { planTrials, type PlannedTrial } from '../plan/trials.ts';
import { locateTokens } from '../plan/workloads.ts';
import type { MeasuredSteady } from '../scenarios/steady/measure.ts';
import { steady } from '../scenarios/steady/procedure.ts';
import { measureTrial } from '../trial/procedure.ts';

/**
 * Longer than any window, so that the cost of a token is not mixed with that of opening a stream.
 */
export const LONG_STREAM = '100000';

export const contenders = ['sse', 'ws'] as const satisfies readonly TransportId[];

/** Overhead of each trial so far, in s. */
export const overheadsS: number[] = [];

export type SelfFlags = RunFlags & {
  /** One arm, as `--transports` names it. */
  readonly transports: string;
  readonly client: ClientStack;
};

export interface SelfPlan {
  readonly plan: Plan;
  readonly planned: PlannedTrial;
  readonly tokenFile: string;
}

/**
 * Plans one trial. @param round Used as its seed: trials compared within one round have the same
 * workload.
 */
export async function planSelf(flags: SelfFlags, round: number): Promise<SelfPlan> {
  const surroundings = { randomSeed: () => round, canPin: cpus().length > 1 };
  const { plan } = await buildPlan(
    [],
    { preset: 'quick', blocks: '1', duration: '2s', seed: String(round), ...flags },
    surroundings,
  );
  const [planned] = planTrials(plan);
  if (planned === undefined) throw new Error('the plan is empty');
  return { plan, planned, tokenFile: locateTokens(plan.workload, '.') };
}

/** Options shared by all trials of this benchmark. */
export const quietly = {
  signal: new AbortController().signal,
  verbose: false,
  keepStampsIn: undefined,
  onProgress: () => {},
} as const;

/** @param serverProgram Runs in place of the twin. */
export async function measureSelf(
  flags: SelfFlags,
  round: number,
  serverProgram?: string,
): Promise<MeasuredSteady> {
  const { plan, planned, tokenFile } = await planSelf(flags, round);
  const measured = await measureTrial(steady, planned, {
    ...quietly,
    plan,
    tokenFile,
    port: 0,
    ...(serverProgram !== undefined && { serverProgram }),
  });
  overheadsS.push(measured.overheadNs / NS_PER_S);
  const { server, client } = measured;
  tell(`${describe(plan)}: server ${tokenText(server)}, client ${tokenText(client)} a token`);
  return measured;
}

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function describe({ arms, loadPoints, workload }: Plan): string {
  return `${arms.map(armName).join()}/${arms[0]?.client} ${loadPoints[0]?.connections} × ${workload.tokensPerSecond}`;
}

interface MeteredTokens {
  readonly use: ProcessUse;
  readonly windowTokens: number;
}

/** CPU time per token of the window, ns. */
export function perTokenNs({ use, windowTokens }: MeteredTokens): number {
  return (use.cpuUserNs + use.cpuSystemNs) / windowTokens;
}

function tokenText(metered: MeteredTokens): string {
  return `${(perTokenNs(metered) / NS_PER_US).toFixed(1)} µs`;
}
