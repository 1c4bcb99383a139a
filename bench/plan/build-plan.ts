// Flags → a validated plan. Nothing is measured, opened or guessed here; every refusal names the flag and the value.

import { BenchError } from '../contract/errors.ts';
import { payloadNames } from '../contract/payload.ts';
import type { Plan } from '../contract/run-file.ts';
import { clientStacks, transportIds, transports, type ClientStack } from '../contract/transports.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { scenarioNames } from '../scenarios/registry.ts';
import { presetNames, presets, type Preset } from './presets.ts';
import { parseCount, parseDuration, parseList, parsePositive, parseSize, pickName, usageError } from './quantities.ts';
import { resolveWorkload, type ResolvedWorkload } from './workloads.ts';

/** As commander hands them over; undefined where the preset decides. */
export interface RunFlags {
  readonly transports?: string;
  readonly connections?: string;
  readonly rate?: string;
  readonly tokens?: string;
  readonly workload?: string;
  readonly payload?: string;
  readonly client?: string;
  readonly blocks?: string;
  readonly duration?: string;
  readonly warmup?: string;
  readonly preset?: string;
  readonly seed?: string;
  readonly backpressure?: string;
  readonly pin?: boolean;
  readonly stamps?: boolean;
}

export interface BuiltPlan {
  readonly plan: Plan;
  readonly ownTokens: ResolvedWorkload['ownTokens'];
}

const DEFAULT_BACKPRESSURE_BYTES = MIB;
const SHORTEST_NS = 500 * NS_PER_MS;
const LONGEST_NS = 3600 * NS_PER_S;
const MAX_BLOCKS = 1000;
const MAX_CONNECTIONS = 1_000_000;
const MAX_SEED = 2 ** 32 - 1;

/** What only the machine can say. */
export interface Surroundings {
  readonly randomSeed: () => number;
  /** Two CPUs or more, and taskset. */
  readonly canPin: boolean;
}

/** @throws BenchError USAGE or UNKNOWN_NAME */
export async function buildPlan(scenarioArguments: readonly string[], flags: RunFlags, surroundings: Surroundings): Promise<BuiltPlan> {
  const names = scenarioArguments.length === 0 ? ['stream'] : scenarioArguments;
  const [scenario, ...others] = names.map((name) => pickName('scenario', name, scenarioNames));
  if (scenario === undefined || others.length > 0)
    throw new BenchError('USAGE', `one scenario a run, not ${names.length}: ${names.join(' ')}`);
  const presetName = pickName('preset', flags.preset ?? 'quick', presetNames);
  const preset: Preset = presets[presetName];
  const { workload, ownTokens } = await resolveWorkload(flags.workload ?? 'steady');
  const client = pickName('client stack', flags.client ?? 'probe', Object.keys(clientStacks) as ClientStack[]);
  const plan: Plan = {
    scenario,
    preset: presetName,
    arms: readTransports(flags, preset).map((transport) => ({ transport, client, path: 'direct' })),
    loadPoints: readConnections(flags, preset).map((connections) => ({ connections })),
    workload: {
      ...workload,
      ...(flags.rate !== undefined && { tokensPerSecond: parsePositive('--rate', flags.rate, 100_000) }),
      ...(flags.tokens !== undefined && { tokensPerStream: parseCount('--tokens', flags.tokens, 1, 1_000_000) }),
    },
    payload: pickName('payload', flags.payload ?? 'lean', payloadNames),
    blocks: flags.blocks === undefined ? preset.blocks : parseCount('--blocks', flags.blocks, 1, MAX_BLOCKS),
    burnInBlocks: preset.burnInBlocks,
    warmupNs: readPeriod('--warmup', flags.warmup, preset.warmupNs),
    windowNs: readPeriod('--duration', flags.duration, preset.windowNs),
    drainNs: preset.drainNs,
    cooldownNs: preset.cooldownNs,
    backpressureBytes: flags.backpressure === undefined ? DEFAULT_BACKPRESSURE_BYTES : readBackpressure(flags.backpressure),
    seed: flags.seed === undefined ? surroundings.randomSeed() : parseCount('--seed', flags.seed, 0, MAX_SEED),
    pin: flags.pin ?? surroundings.canPin,
    keepStamps: flags.stamps ?? false,
    verdicts: preset.verdicts,
  };
  return { plan, ownTokens };
}

function readTransports(flags: RunFlags, preset: Preset): Plan['arms'][number]['transport'][] {
  if (flags.transports === undefined) return [...preset.transports];
  const picked = parseList('--transports', flags.transports).map((name) => pickName('transport', name, transportIds));
  const [baseline, ...others] = picked;
  if (baseline !== undefined && transports[baseline].isNullArm && others.length > 0)
    throw usageError('--transports', flags.transports, `a transport other than the null arm ${baseline} as the first: it is the baseline`);
  return picked;
}

function readConnections(flags: RunFlags, preset: Preset): number[] {
  if (flags.connections === undefined) return [...preset.connections];
  return parseList('--connections', flags.connections).map((value) => parseCount('--connections', value, 1, MAX_CONNECTIONS));
}

function readPeriod(flag: string, value: string | undefined, fallbackNs: number): number {
  if (value === undefined) return fallbackNs;
  const ns = parseDuration(flag, value);
  if (ns < SHORTEST_NS || ns > LONGEST_NS) throw usageError(flag, value, 'between 500ms and 1h');
  return ns;
}

function readBackpressure(value: string): number {
  const bytes = parseSize('--backpressure', value);
  if (bytes < 1) throw usageError('--backpressure', value, 'at least 1B');
  return bytes;
}

/** The command that measures the same plan again. */
export function repeatCommand(plan: Plan, flags: Pick<RunFlags, 'workload'>): string {
  const words = [
    `streamduel run ${plan.scenario}`,
    `--preset ${plan.preset}`,
    `--transports ${plan.arms.map((arm) => arm.transport).join(',')}`,
    `--client ${plan.arms[0]?.client}`,
    `--connections ${plan.loadPoints.map((point) => point.connections).join(',')}`,
    `--workload ${flags.workload ?? plan.workload.name}`,
    `--rate ${plan.workload.tokensPerSecond}`,
    `--tokens ${plan.workload.tokensPerStream}`,
    `--payload ${plan.payload}`,
    `--blocks ${plan.blocks}`,
    `--warmup ${plan.warmupNs / NS_PER_MS}ms`,
    `--duration ${plan.windowNs / NS_PER_MS}ms`,
    ...(plan.backpressureBytes === DEFAULT_BACKPRESSURE_BYTES ? [] : [`--backpressure ${plan.backpressureBytes}B`]),
    plan.pin ? '--pin' : '--no-pin',
    ...(plan.keepStamps ? ['--stamps'] : []),
    `--seed ${plan.seed}`,
  ];
  return words.join(' ');
}
