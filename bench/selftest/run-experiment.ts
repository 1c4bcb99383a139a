// Converts an experiment into a plan, and its saved run into findings.

import type { TransportId } from '../contract/arms/transports.ts';
import type { Plan } from '../contract/run-file.ts';
import { buildPlan, type Surroundings } from '../plan/build-plan.ts';
import { busyServer, delays, equalArms } from './timing.ts';
import { writes, writesOfHalf } from './writes.ts';
import { exact, memory, slowClient } from './counting.ts';
import { MeasuredExperiment, type AnalysedRun, type Check, type Experiment } from './experiment.ts';
import type { Finding } from './finding.ts';
import { scenarioExperiments } from '../scenarios/experiments.ts';

export const experiments: readonly Experiment[] = [
  equalArms,
  delays,
  writes,
  writesOfHalf,
  busyServer,
  exact,
  memory,
  slowClient,
  ...scenarioExperiments,
];

export interface CheckResult {
  readonly transport: TransportId;
  readonly check: Pick<Check, 'id' | 'title' | 'injected' | 'explanation'>;
  readonly findings: readonly Finding[];
  /** The run folder that holds its trials. */
  readonly folder: string;
}

export interface ExperimentOptions {
  readonly transport: TransportId;
  readonly seed: number;
  readonly pin: boolean;
  /** Fewer blocks for tests that have less time; they can show less, too. */
  readonly blocks?: number;
}

export async function planExperiment(
  { scenario, flags, arms, path = 'direct', plain: injection, isRobust = false }: Experiment,
  options: ExperimentOptions,
): Promise<Plan> {
  const { transport, seed, pin, blocks } = options;
  const surroundings: Surroundings = { randomSeed: () => seed, canPin: pin };
  const base = { ...flags, preset: 'quick', transports: transport, rerun: false };
  const { plan } = await buildPlan(
    scenario === undefined ? [] : [scenario],
    { ...base, ...(blocks !== undefined && { blocks: String(blocks) }) },
    surroundings,
  );
  const common = { transport, client: 'probe' as const, path };
  const plain = { ...common, ...(injection !== undefined && { injection }) };
  return {
    ...plan,
    loadPoints: plan.loadPoints.slice(0, 1),
    burnInBlocks: isRobust ? 0 : plan.burnInBlocks,
    arms: [plain, ...arms.map((arm) => ({ ...common, ...arm }))],
  };
}

export function judgeExperiment(
  { checks }: Experiment,
  analysed: AnalysedRun,
): readonly CheckResult[] {
  const measured = new MeasuredExperiment(analysed);
  return checks.map(({ judge, ...check }) => ({
    transport: measured.transport,
    check,
    findings: judge(measured),
    folder: analysed.run.folder,
  }));
}

export function hasPassed({ findings }: CheckResult): boolean {
  return findings.length > 0 && findings.every(({ outcome }) => outcome === 'passed');
}
