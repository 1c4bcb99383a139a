// Flags → a validated plan. Nothing is measured, opened or guessed here; every refusal names the flag and the value.

import { metrics } from '../analysis/metrics/registry.ts';
import { BenchError } from '../contract/errors.ts';
import { payloadNames } from '../contract/payload.ts';
import { MAX_BLOCKS, MAX_SEED, type Plan, type PrecisionStop } from '../contract/run-file.ts';
import { clientStacks, COPY_LABEL, isCopy, transportIds, transports, type ClientStack, type TransportId } from '../contract/transports.ts';
import { MIB, NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { scenarioNames } from '../scenarios/registry.ts';
import { presetNames, presets, type Preset } from './presets.ts';
import { inFlag, parseCount, parseDuration, parseList, parsePositive, parseSize, pickName, usageError } from './quantities.ts';
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
  readonly aa?: boolean;
  readonly precision?: string;
  readonly maxTime?: string;
  readonly pilot?: boolean;
  readonly rerun?: boolean;
}

export interface BuiltPlan {
  readonly plan: Plan;
  readonly ownTokens: ResolvedWorkload['ownTokens'];
}

const DEFAULT_BACKPRESSURE_BYTES = MIB;
const SHORTEST_NS = 500 * NS_PER_MS;
const LONGEST_NS = 3600 * NS_PER_S;
const MAX_CONNECTIONS = 1_000_000;
/** Repeating more blocks than this share would choose the data; then the machine is too noisy, and the report says so. */
const EXTRA_SHARE = 0.25;
const PILOT_BLOCKS = 6;
const DEFAULT_MAX_TIME_NS = 600 * NS_PER_S;
/** Processes up, clock proof, rehearsal, tail, processes down. */
const TRIAL_OVERHEAD_NS = 1.3 * NS_PER_S;
const metricNames = metrics.filter(({ isExact }) => isExact !== true).map(({ id }) => id);

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
  const stop = readStop(flags);
  const windows = {
    warmupNs: readPeriod('--warmup', flags.warmup, preset.warmupNs),
    windowNs: readPeriod('--duration', flags.duration, preset.windowNs),
    cooldownNs: preset.cooldownNs,
  };
  const arms = planArms(readTransports(flags, preset), client, flags.aa === true);
  const loadPoints = readConnections(flags, preset).map((connections) => ({ connections }));
  const blocks = readBlocks(
    flags,
    preset,
    stop && Math.floor(stop.maxTimeNs / (estimateTrialNs(windows) * arms.length * loadPoints.length)),
  );
  const extraBlocks = flags.rerun === false || !preset.verdicts ? 0 : Math.floor(blocks * EXTRA_SHARE);
  const plan: Plan = {
    scenario,
    preset: presetName,
    arms,
    loadPoints,
    workload: {
      ...workload,
      ...(flags.rate !== undefined && { tokensPerSecond: parsePositive('--rate', flags.rate, 100_000) }),
      ...(flags.tokens !== undefined && { tokensPerStream: parseCount('--tokens', flags.tokens, 1, 1_000_000) }),
    },
    payload: pickName('payload', flags.payload ?? 'lean', payloadNames),
    blocks,
    burnInBlocks: preset.burnInBlocks,
    ...windows,
    drainNs: preset.drainNs,
    backpressureBytes: flags.backpressure === undefined ? DEFAULT_BACKPRESSURE_BYTES : readBackpressure(flags.backpressure),
    seed: flags.seed === undefined ? surroundings.randomSeed() : parseCount('--seed', flags.seed, 0, MAX_SEED),
    pin: flags.pin ?? surroundings.canPin,
    keepStamps: flags.stamps ?? false,
    verdicts: preset.verdicts,
    ...(stop !== undefined && { stop }),
    ...(extraBlocks > 0 && { extraBlocks }),
    ...(flags.pilot === true && { isPilot: true }),
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

/** The copy is the baseline once more, under another name, through the same plumbing: what differs between the two is noise. */
function planArms(transportIds: readonly TransportId[], client: ClientStack, withCopy: boolean): Plan['arms'] {
  const arms = transportIds.map((transport) => ({ transport, client, path: 'direct' as const }));
  const [baseline] = arms;
  return withCopy && baseline !== undefined ? [...arms, { ...baseline, label: COPY_LABEL }] : arms;
}

function readBlocks(flags: RunFlags, preset: Preset, mostInTime: number | undefined): number {
  if (flags.blocks !== undefined) return parseCount('--blocks', flags.blocks, 1, MAX_BLOCKS);
  if (flags.pilot === true) return PILOT_BLOCKS;
  return mostInTime === undefined ? preset.blocks : Math.min(MAX_BLOCKS, Math.max(preset.blocks, mostInTime));
}

/** `5%` for all endpoints, `delivery.p50:5%` or `delivery.p50,delivery.p99:5%` for some metrics. */
function readStop({ precision, maxTime }: RunFlags): PrecisionStop | undefined {
  if (precision === undefined) {
    if (maxTime !== undefined)
      throw usageError('--max-time', maxTime, 'it together with --precision: it ends a run that is not precise yet');
    return undefined;
  }
  const [, names, percent] = /^(?:([^:]+):)?(\d+(?:\.\d+)?)%$/.exec(precision.trim()) ?? [];
  const ratio = Number(percent) / 100;
  if (!(ratio > 0 && ratio < 1)) throw usageError('--precision', precision, 'a percentage such as 5%, or delivery.p50:5% for one metric');
  const metrics =
    names === undefined
      ? []
      : parseList('--precision', names).map((name) => inFlag('--precision', precision, () => pickName('metric', name, metricNames)));
  return { ratio, metrics, maxTimeNs: maxTime === undefined ? DEFAULT_MAX_TIME_NS : parseDuration('--max-time', maxTime) };
}

/** What one trial takes, starting and stopping included; only to say in advance how many fit into a time. */
function estimateTrialNs({ warmupNs, windowNs, cooldownNs }: Pick<Plan, 'warmupNs' | 'windowNs' | 'cooldownNs'>): number {
  return warmupNs + windowNs + cooldownNs + TRIAL_OVERHEAD_NS;
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
export function repeatCommand(plan: Plan, flags: { readonly workload?: string; readonly failIf?: readonly string[] }): string {
  const words = [
    `streamduel run ${plan.scenario}`,
    `--preset ${plan.preset}`,
    `--transports ${plan.arms
      .filter((arm) => !isCopy(arm))
      .map((arm) => arm.transport)
      .join(',')}`,
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
    ...(plan.arms.some(isCopy) ? ['--aa'] : []),
    ...repeatStop(plan.stop),
    ...(plan.isPilot === true ? ['--pilot'] : []),
    ...(plan.verdicts && plan.extraBlocks === undefined && plan.blocks * EXTRA_SHARE >= 1 ? ['--no-rerun'] : []),
    plan.pin ? '--pin' : '--no-pin',
    ...(plan.keepStamps ? ['--stamps'] : []),
    `--seed ${plan.seed}`,
    ...(flags.failIf ?? []).map((text) => `--fail-if '${text}'`),
  ];
  return words.join(' ');
}

function repeatStop(stop: PrecisionStop | undefined): string[] {
  if (stop === undefined) return [];
  const names = stop.metrics.length === 0 ? '' : `${stop.metrics.join(',')}:`;
  return [`--precision ${names}${Number((100 * stop.ratio).toFixed(6))}%`, `--max-time ${stop.maxTimeNs / NS_PER_S}s`];
}
