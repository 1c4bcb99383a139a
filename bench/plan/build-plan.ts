// Parses flags into a validated plan. It measures, opens and guesses nothing; every refusal names
// the flag and the value.

import { nullArm } from '../contract/arms/arms.ts';
import { proxyNames, type ProxyName } from '../contract/arms/proxies/proxies.ts';
import { clientStackIds, clientStacks } from '../contract/arms/stacks.ts';
import { BenchError } from '../contract/errors.ts';
import { faults, type Fault, type FaultName } from '../contract/faults.ts';
import type { LeftOut } from '../contract/left-out.ts';
import { payloadNames, payloads } from '../contract/payload.ts';
import {
  MAX_BLOCKS,
  MAX_SEED,
  type Plan,
  type PrecisionStop,
  type ScenarioId,
} from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Workload } from '../contract/workload.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { refuseForeignFlags, whyRefused } from '../flags/taken.ts';
import { readings } from '../scenarios/readings.ts';
import {
  DEFAULT_SCENARIO,
  scenarioNames,
  scenarios,
  TARGET_SCENARIO,
} from '../scenarios/registry.ts';
import type { BreakingScenario } from '../scenarios/scenario.ts';
import { checkAgents, processesOnAgents, readAgents } from './agents.ts';
import { planTrialArrivals } from './arrivals/plan-arrivals.ts';
import { readArrivals } from './arrivals/read-arrivals.ts';
import { ALL_ARMS, listLeftOut, planArms, type ArmsPlace } from './arms.ts';
import { browserSizes, browserWorkload, checkBrowser, hasBrowser } from './browser.ts';
import { planCanary } from './canary.ts';
import { planBreaking, policiesOf, whyNotUnder, type AbsentFault } from './breaking.ts';
import { checkChunks, presetFor, readBackpressure, refuseLoads } from './chunks.ts';
import { EXTRA_SHARE } from './defaults.ts';
import {
  countStreams,
  declaredEndpoints,
  parseShares,
  placeLoads,
  PROVISIONAL_STREAMS,
} from './loads.ts';
import { meets } from './needs.ts';
import { armsOverPaths } from './over-paths.ts';
import { checkPath } from './path.ts';
import { countAddresses, type PortLimits } from './ports.ts';
import { presetNames, presets, type Preset } from './presets.ts';
import { readProcesses } from './processes.ts';
import {
  inFlag,
  nameFlag,
  parseCount,
  parseDuration,
  parseList,
  parseName,
  parsePositive,
  pickName,
  usageError,
} from './quantities.ts';
import { checkReplay } from './replay.ts';
import { readSource } from './source.ts';
import { armsOfTargets, endpointsOfTargets, readTargets } from './targets.ts';
import { resolveWorkload, type ResolvedWorkload } from './workloads.ts';

export interface BuiltPlan {
  readonly plan: Plan;
  readonly ownTokens: ResolvedWorkload['ownTokens'];
  /**
   * Whether load points are shares of a capacity still unknown: after the pilot, `placePlan`
   * computes them.
   */
  readonly needsPilot: boolean;
  readonly leftOut: LeftOut;
}

const SHORTEST_NS = 500 * NS_PER_MS;
const LONGEST_NS = 3600 * NS_PER_S;
const MAX_CONNECTIONS = 1_000_000;
const PILOT_BLOCKS = 6;
/** Streams begun on a server that is not this project's. */
const TARGET_STARTS_PER_SECOND = 10;
/** Time for the last client to reconnect; a trial ends as soon as all streams have. */
const FAULT_DRAIN_NS = 20 * NS_PER_S;
const DEFAULT_MAX_TIME_NS = 600 * NS_PER_S;
/** Time for process start, clock proof, rehearsal, tail and process exit. */
const TRIAL_OVERHEAD_NS = 1.3 * NS_PER_S;

/** Host capabilities and other facts of this machine that planning depends on. */
export interface Surroundings {
  readonly randomSeed: () => number;
  /** Whether there are two CPUs or more, and taskset. */
  readonly canPin: boolean;
  /**
   * Whether a pilot runs before the plan to find the arms' capacity, when loads are shares of it.
   */
  readonly canPilot?: boolean;
  /** Unknown when absent: then load processes connect from one address. */
  readonly ports?: PortLimits;
  /** Returns undefined for a fault that is available here; absent: all are. */
  readonly whyAbsent?: (fault: FaultName) => Omit<AbsentFault, 'fault'> | undefined;
  /** The real proxies of this machine; absent: all that there are. Asked only where it matters. */
  readonly proxiesHere?: () => readonly ProxyName[];
}

/** @throws BenchError USAGE or UNKNOWN_NAME */
export async function buildPlan(
  scenarioArguments: readonly string[],
  flags: RunFlags,
  surroundings: Surroundings,
): Promise<BuiltPlan> {
  const scenario = readScenario(scenarioArguments, flags);
  refuseForeignFlags(flags, scenarios[scenario]);
  const presetName = parseName('--preset', flags.preset ?? 'quick', {
    what: 'preset',
    names: presetNames,
  });
  const preset: Preset = presets[presetName];
  const { breaks, measures, needs, client, armsByClient, hasLoads = false } = scenarios[scenario];
  const size = breaks?.sizes[presetName];
  const measured = measures?.sizes[presetName];
  const payload = parseName('--payload', flags.payload ?? measures?.payload ?? 'lean', {
    what: 'payload',
    names: payloadNames,
  });
  refuseLoads(flags.loads, payload);
  const ofScenario: Preset = { ...presetFor(payload, preset), ...measured };
  const { workload, ownTokens } = await readWorkload(flags.workload ?? 'steady');
  const arriving = readArrivals(flags, scenarios[scenario], workload);
  const stop = readStop(flags, scenario);
  const { comparesPaths = false } = scenarios[scenario];
  const usualTransports = breaks?.transports ?? measures?.transports ?? preset.transports;
  const usualArms =
    comparesPaths && flags.transports === undefined
      ? armsOverPaths(usualTransports, surroundings.proxiesHere?.() ?? proxyNames)
      : usualTransports;
  const armsPlace: ArmsPlace = {
    scenario,
    usual: usualArms,
    usualOf: armsByClient,
    hasNullArm: (usualArms === ALL_ARMS ? preset.transports : usualArms).includes(
      nullArm.transport,
    ),
    client,
    needs,
    whyExcluded: breaks && whyPolicyExcludes(flags, breaks),
    takers: (arm) => scenarioNames.filter((name) => meets(scenarios[name].needs, arm)),
    refusesPath: comparesPaths ? undefined : whyRefused('path', scenarios[scenario]),
  };
  const targets =
    scenarios[scenario].hasTargets === true
      ? readTargets(flags, { startsPerSecond: TARGET_STARTS_PER_SECOND })
      : undefined;
  const arms =
    targets === undefined ? readArms(flags, armsPlace) : [...armsOfTargets(targets, flags)];
  const isInBrowser = hasLoads && hasBrowser({ arms });
  const usual: Preset = isInBrowser ? { ...ofScenario, ...browserSizes[presetName] } : ofScenario;
  const windows = readWindows(flags, usual, breaks);
  const connections = readConnections(
    flags,
    size?.connections ?? usual.connections,
    measures?.fewestConnections,
  );
  const shares =
    isInBrowser || arriving !== undefined
      ? undefined
      : readLoads(flags, { scenario, preset: usual, surroundings });
  const carriedStreams =
    shares &&
    (flags.carries === undefined
      ? PROVISIONAL_STREAMS
      : parseCount('--carries', flags.carries, 1, MAX_CONNECTIONS));
  const whyAbsent = (fault: FaultName): ReturnType<NonNullable<Surroundings['whyAbsent']>> =>
    whyNotWith(arms, fault) ?? surroundings.whyAbsent?.(fault);
  const { loadPoints, recovery } =
    breaks === undefined || size === undefined
      ? {
          loadPoints:
            measures?.loadPoints(connections, presetName, arms) ??
            (shares === undefined || carriedStreams === undefined
              ? connections.map((count) => ({
                  connections: count,
                  ...(hasLoads &&
                    !isInBrowser && { endpoints: declaredEndpoints(windows.windowNs) }),
                }))
              : placeLoads(shares, carriedStreams, windows.windowNs)),
          recovery: undefined,
        }
      : planBreaking(flags, { scenario: breaks, arms, payload, size, connections, whyAbsent });
  const blocks = readBlocks(
    flags,
    size?.blocks ?? usual.blocks,
    stop &&
      Math.floor(stop.maxTimeNs / (estimateTrialNs(windows) * arms.length * loadPoints.length)),
  );
  const verdicts = size?.verdicts ?? usual.verdicts;
  // Handshakes compute: trials over TLS that open many connections do not merely wait, and side by side
  // each would be late for want of the others' CPUs. Those that compare paths open few, and what they
  // time has its turn.
  const handshakes =
    measured !== undefined && !comparesPaths && arms.some(({ tls }) => tls === true);
  const lanes = handshakes ? 1 : (size?.lanes ?? measured?.lanes ?? 1);
  const extraBlocks = readExtraBlocks(flags.rerun ?? preset.rerun, { blocks, verdicts, breaks });
  const ofPayload = flags.workload === undefined ? payloads[payload].chunk?.workload : {};
  checkReplay(workload, { flags, scenario, payload });
  const planned = adjustWorkload(
    { ...workload, ...ofPayload },
    flags,
    workload.gaps.kind === 'recorded'
      ? {}
      : breaks === undefined
        ? (measures?.workload ??
          (isInBrowser && flags.workload === undefined
            ? browserWorkload
            : loadWorkload(shares && flags.workload === undefined ? usual : undefined)))
        : { tokensPerSecond: breaks.tokensPerSecond },
  );
  const seed =
    flags.seed === undefined
      ? surroundings.randomSeed()
      : parseCount('--seed', flags.seed, 0, MAX_SEED);
  const burnInBlocks = breaks === undefined ? usual.burnInBlocks : 0;
  const arrived =
    arriving &&
    (await planTrialArrivals(arriving, {
      ...windows,
      arms,
      seed,
      workload: planned,
      blocks: burnInBlocks + blocks,
      flags,
    }));
  const canary = planCanary(flags, arms);
  const agents = readAgents(flags);
  const processes = readProcesses(
    agents === undefined ? flags : processesOnAgents(agents, flags),
    connections,
  );
  const { serverProcesses = 1 } = processes;
  const plan: Plan = {
    scenario,
    preset: presetName,
    arms,
    loadPoints: countStreams(
      arms,
      targets === undefined
        ? loadPoints.map((point) => ({ ...point, ...arrived?.loadPoint }))
        : loadPoints.map((point) => ({
            ...point,
            endpoints: [...endpointsOfTargets(targets, windows.windowNs)],
          })),
    ),
    workload: planned,
    payload,
    ...(payloads[payload].api !== undefined && { hasApiMessages: true }),
    blocks,
    burnInBlocks,
    ...windows,
    drainNs: breaks === undefined ? usual.drainNs : FAULT_DRAIN_NS,
    backpressureBytes: readBackpressure(flags.backpressure, {
      payload,
      loadPoints: [...loadPoints],
    }),
    seed,
    // Pinned to the same CPUs, parallel trials would only wait for each other.
    pin: flags.pin ?? (surroundings.canPin && lanes === 1 && agents === undefined),
    keepStamps: flags.stamps ?? false,
    verdicts,
    ...(stop !== undefined && { stop }),
    ...(extraBlocks > 0 && { extraBlocks }),
    ...(flags.pilot === true && { isPilot: true }),
    ...(recovery !== undefined && { recovery }),
    ...(lanes > 1 && { lanes }),
    ...(canary !== undefined && { canary }),
    ...(arrived !== undefined && { arrivals: arrived.arrivals }),
    ...(flags.browser !== undefined && { browser: flags.browser }),
    ...measures?.conditions?.(flags, {
      preset: presetName,
      connections,
      serverProcesses,
      workload: planned,
      windowNs: windows.windowNs,
    }),
    ...(targets !== undefined && { targets }),
    ...readSource(flags),
    ...processes,
    ...(agents !== undefined && { agents }),
    ...(shares !== undefined &&
      flags.carries !== undefined &&
      carriedStreams !== undefined && { loads: { carriedStreams, trials: [] } }),
    ...(hasLoads &&
      !isInBrowser &&
      arrived === undefined &&
      windows.warmupNs >= LEAST_LOW_PHASE_WARMUP_NS && { lowPhase: lowPhaseOf(windows.warmupNs) }),
  };
  checkBrowser(plan, flags);
  checkChunks(plan);
  const clientAddresses =
    agents === undefined
      ? countAddresses(plan, surroundings.ports ?? { localPorts: undefined })
      : undefined;
  const addressed = clientAddresses === undefined ? plan : { ...plan, clientAddresses };
  checkPath(addressed);
  checkAgents(addressed);
  return {
    plan: addressed,
    ownTokens,
    needsPilot: shares !== undefined && flags.carries === undefined,
    leftOut: targets === undefined ? listLeftOut(flags, armsPlace) : [],
  };
}

/** A predicate on arms that some policy of the plan excludes; undefined for all others. */
function whyPolicyExcludes(
  flags: RunFlags,
  breaks: BreakingScenario,
): NonNullable<ArmsPlace['whyExcluded']> {
  return (arm) =>
    policiesOf(flags, breaks)
      .map((policy) => whyNotUnder(policy, arm))
      .find((why) => why !== undefined);
}

/**
 * Loads as shares of the weaker arm's capacity; undefined when the number of streams is given or
 * fixed. @throws BenchError USAGE
 */
function readLoads(
  { loads, connections, carries }: RunFlags,
  {
    scenario,
    preset,
    surroundings,
  }: { scenario: ScenarioId; preset: Preset; surroundings: Surroundings },
): readonly number[] | undefined {
  const [flag, value] =
    loads === undefined ? (['--carries', carries] as const) : (['--loads', loads] as const);
  if (value !== undefined && connections !== undefined)
    throw usageError(flag, value, 'it without --connections, which says how many streams');
  const shares = loads === undefined ? preset.loads : parseShares(loads);
  if (carries !== undefined && shares === undefined)
    throw usageError(
      '--carries',
      carries,
      'it together with --loads, e.g. 10%,50%: this preset has none',
    );
  const isPossible = surroundings.canPilot === true || carries !== undefined;
  return scenarios[scenario].hasLoads === true && connections === undefined && isPossible
    ? shares
    : undefined;
}

function loadWorkload(preset: Preset | undefined): Partial<Workload> {
  return preset?.loadTokensPerSecond === undefined
    ? {}
    : { tokensPerSecond: preset.loadTokensPerSecond };
}

/** A shorter warm-up has no room for two ramps. */
const LEAST_LOW_PHASE_WARMUP_NS = 3 * NS_PER_S;
const LOW_PHASE_SHARE = 0.2;

function lowPhaseOf(warmupNs: number): Plan['lowPhase'] {
  return { share: LOW_PHASE_SHARE, untilNs: warmupNs / 2 };
}

function readArms(flags: RunFlags, place: ArmsPlace): Plan['arms'] {
  try {
    return planArms(flags, place);
  } catch (error) {
    const { transports, client = '' } = flags;
    throw transports === undefined
      ? nameFlag(error, '--client', client)
      : nameFlag(error, '--transports', transports);
  }
}

async function readWorkload(name: string): Promise<ResolvedWorkload> {
  try {
    return await resolveWorkload(name);
  } catch (error) {
    throw nameFlag(error, '--workload', name);
  }
}

/** Returns undefined for a fault that all these arms support. */
function whyNotWith(arms: Plan['arms'], fault: FaultName): Omit<AbsentFault, 'fault'> | undefined {
  const stack = arms.find(({ client }) => !clientStacks[client].stopsReading)?.client;
  if (stack === undefined || (faults[fault] as Fault).action.by !== 'client') return undefined;
  const able = clientStackIds.filter((client) => clientStacks[client].stopsReading);
  return {
    why: `${stack} cannot be told to stop reading`,
    remedy: `measure it with --client ${able.join(' or ')}`,
  };
}

function readScenario(names: readonly string[], { target }: RunFlags): ScenarioId {
  const usual = target === undefined ? DEFAULT_SCENARIO : TARGET_SCENARIO;
  const [scenario = usual, ...others] = names.map((name) =>
    pickName('scenario', name, scenarioNames),
  );
  if (others.length > 0)
    throw new BenchError('USAGE', `one scenario a run, not ${names.length}: ${names.join(' ')}`);
  return scenario;
}

/**
 * With fault injection, the window is the time before the fault: each fault determines the time
 * after it.
 */
function readWindows(
  flags: RunFlags,
  preset: Preset,
  breaks: BreakingScenario | undefined,
): Pick<Plan, 'warmupNs' | 'windowNs' | 'cooldownNs'> {
  if (breaks !== undefined)
    return { warmupNs: breaks.warmupNs, windowNs: breaks.beforeFaultNs, cooldownNs: 0 };
  return {
    warmupNs: readPeriod('--warmup', flags.warmup, preset.warmupNs),
    windowNs: readPeriod('--duration', flags.duration, preset.windowNs),
    cooldownNs: preset.cooldownNs,
  };
}

/** @param own Values that the scenario sets unless a flag does. */
function adjustWorkload(workload: Workload, flags: RunFlags, own: Partial<Workload>): Workload {
  return {
    ...workload,
    ...own,
    ...(flags.rate !== undefined && {
      tokensPerSecond: parsePositive('--rate', flags.rate, 100_000),
    }),
    ...(flags.tokens !== undefined && {
      tokensPerStream: parseCount('--tokens', flags.tokens, 1, 1_000_000),
    }),
  };
}

/**
 * With fault injection no block is repeated: parallel trials disturb each other, alike in all arms.
 */
function readExtraBlocks(
  rerun: boolean,
  {
    blocks,
    verdicts,
    breaks,
  }: { blocks: number; verdicts: boolean; breaks: BreakingScenario | undefined },
): number {
  return !rerun || !verdicts || breaks !== undefined ? 0 : Math.floor(blocks * EXTRA_SHARE);
}

function readBlocks(flags: RunFlags, usual: number, mostInTime: number | undefined): number {
  if (flags.blocks !== undefined) return parseCount('--blocks', flags.blocks, 1, MAX_BLOCKS);
  if (flags.pilot === true) return PILOT_BLOCKS;
  return mostInTime === undefined ? usual : Math.min(MAX_BLOCKS, Math.max(usual, mostInTime));
}

/**
 * Parses `5%` for all endpoints, `delivery.p50:5%` or `delivery.p50,delivery.p99:5%` for some
 * metrics.
 */
function readStop(
  { precision, maxTime }: RunFlags,
  scenario: ScenarioId,
): PrecisionStop | undefined {
  if (precision === undefined) {
    if (maxTime !== undefined)
      throw usageError(
        '--max-time',
        maxTime,
        'it together with --precision: it ends a run that is not precise yet',
      );
    return undefined;
  }
  const [, names, percent] = /^(?:([^:]+):)?(\d+(?:\.\d+)?)%$/.exec(precision.trim()) ?? [];
  const ratio = Number(percent) / 100;
  if (!(ratio > 0 && ratio < 1))
    throw usageError(
      '--precision',
      precision,
      'a percentage such as 5%, or delivery.p50:5% for one metric',
    );
  const metricNames = readings[scenario].metrics.flatMap(({ id, isExact }) =>
    isExact === true ? [] : [id],
  );
  const metrics =
    names === undefined
      ? []
      : parseList('--precision', names).map((name) =>
          inFlag('--precision', precision, () => pickName('metric', name, metricNames)),
        );
  return {
    ratio,
    metrics,
    maxTimeNs: maxTime === undefined ? DEFAULT_MAX_TIME_NS : parseDuration('--max-time', maxTime),
  };
}

/**
 * Duration of one trial, starting and stopping included; only used to estimate how many fit into a
 * time.
 */
function estimateTrialNs({
  warmupNs,
  windowNs,
  cooldownNs,
}: Pick<Plan, 'warmupNs' | 'windowNs' | 'cooldownNs'>): number {
  return warmupNs + windowNs + cooldownNs + TRIAL_OVERHEAD_NS;
}

function readConnections(flags: RunFlags, usual: readonly number[], fewest = 1): number[] {
  if (flags.connections === undefined) return [...usual];
  return parseList('--connections', flags.connections).map((value) =>
    parseCount('--connections', value, fewest, MAX_CONNECTIONS),
  );
}

function readPeriod(flag: string, value: string | undefined, fallbackNs: number): number {
  if (value === undefined) return fallbackNs;
  const ns = parseDuration(flag, value);
  if (ns < SHORTEST_NS || ns > LONGEST_NS) throw usageError(flag, value, 'between 500ms and 1h');
  return ns;
}
