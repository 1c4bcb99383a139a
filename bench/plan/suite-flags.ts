// Distributes the flags of a suite to its scenarios: a flag that all scenarios take goes to each, a flag that only some take
// goes to those. A flag that none would take, or that has another meaning in each, is refused by name.

import { BenchError } from '../contract/errors.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { readings } from '../scenarios/readings.ts';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { RunFlags } from './build-plan.ts';
import { takesCanary } from './canary.ts';
import { takesPath } from './path.ts';
import { canShare } from './processes.ts';
import { inFlag, parseList, pickName, usageError } from './quantities.ts';
import { takesSource } from './source.ts';
import { parseThreshold } from './thresholds.ts';

/** The scenarios of a suite, in the given order. @throws BenchError USAGE or UNKNOWN_NAME */
export function readScenarios(names: readonly string[]): readonly ScenarioId[] {
  const picked = names.map((name) => pickName('scenario', name, scenarioNames));
  const repeated = picked.find((name, index) => picked.indexOf(name) !== index);
  if (repeated !== undefined) throw new BenchError('USAGE', `each scenario once: ${repeated} is there twice`);
  return picked;
}

const isBreaking = ({ breaks }: Scenario): boolean => breaks !== undefined;

/** Whether a scenario takes the flag: it does not set it itself and, except for `rate`, injects no faults. */
const uses =
  (flag: 'duration' | 'warmup' | 'tokens' | 'rate') =>
  ({ breaks, measures }: Scenario): boolean => {
    const isOwn = measures?.unused?.some((one) => one === flag) === true;
    return !isOwn && (flag === 'rate' || breaks === undefined);
  };

/** Flags that not every scenario takes. */
const takers: { readonly [Flag in keyof RunFlags]?: (scenario: Scenario) => boolean } = {
  faults: ({ breaks }) => breaks?.canChooseFaults === true,
  policy: isBreaking,
  heartbeat: isBreaking,
  resume: isBreaking,
  duration: uses('duration'),
  warmup: uses('warmup'),
  tokens: uses('tokens'),
  rate: uses('rate'),
  loads: ({ name }) => name === 'stream',
  carries: ({ name }) => name === 'stream',
  slo: ({ name }) => name === 'capacity',
  canary: ({ name }) => takesCanary(name),
  // Its client is the browser anyway.
  client: ({ name }) => name !== 'browser-limits',
  stamps: ({ name }) => name !== 'capacity',
  browser: ({ name }) => name === 'stream' || name === 'browser-limits',
  path: ({ name }) => takesPath(name),
  source: ({ name }) => takesSource(name),
  clientProcesses: ({ name }) => canShare(name),
  serverProcesses: ({ name }) => canShare(name),
};

/** One set of flags for each scenario, in their order. @throws BenchError USAGE or UNKNOWN_NAME that names the flag. */
export function shareFlags<Flags extends RunFlags>(named: readonly ScenarioId[], flags: Flags): readonly Flags[] {
  if (flags.connections !== undefined) {
    throw new BenchError('USAGE', `--connections ${flags.connections}: it means something else in each scenario, and there are several`, {
      hint: `give it to one alone: streamduel run ${named[0]} --connections ${flags.connections}`,
    });
  }
  refuseLost(named, flags);
  return named.map((name) => {
    const kept = Object.entries(flags).filter(([flag]) => isTaken(flag as keyof RunFlags, name));
    return withOwnPrecision(name, named, Object.fromEntries(kept) as Flags);
  });
}

function isTaken(flag: keyof RunFlags, name: ScenarioId): boolean {
  return takers[flag]?.(scenarios[name]) ?? true;
}

function refuseLost(named: readonly ScenarioId[], flags: RunFlags): void {
  const lost = (Object.keys(takers) as (keyof RunFlags)[]).find(
    (flag) => isGiven(flags, flag) && named.every((name) => !isTaken(flag, name)),
  );
  if (lost === undefined) return;
  const known = scenarioNames.filter((name) => isTaken(lost, name));
  const takes = `a scenario that takes it (${known.join(', ')}); ${named.join(' and ')} do not`;
  const value = flags[lost];
  if (typeof value === 'boolean') throw new BenchError('USAGE', `--${flagWords(lost)}: expected ${takes}`);
  throw usageError(`--${flagWords(lost)}`, String(value), takes);
}

/** --no-resume has no positive form, so its value is true unless it was given. */
function isGiven(flags: RunFlags, flag: keyof RunFlags): boolean {
  return flags[flag] !== undefined && !(flag === 'resume' && flags[flag]);
}

/** Each scenario gets its own metrics of `delivery.p50,memory.retained:5%`; a scenario without any of them has no stopping rule. */
function withOwnPrecision<Flags extends RunFlags>(name: ScenarioId, named: readonly ScenarioId[], flags: Flags): Flags {
  const { precision } = flags;
  const colon = precision?.lastIndexOf(':') ?? -1;
  if (precision === undefined || colon < 0) return flags;
  const known = [...new Set(named.flatMap((one) => readings[one].metrics.map(({ id }) => id)))];
  const wanted = parseList('--precision', precision.slice(0, colon));
  for (const id of wanted) inFlag('--precision', precision, () => pickName('metric', id, known));
  const own = new Set(readings[name].metrics.map(({ id }) => id));
  const ids = wanted.filter((id) => own.has(id));
  if (ids.length > 0) return { ...flags, precision: `${ids.join(',')}${precision.slice(colon)}` };
  const { precision: _precision, maxTime: _maxTime, ...rest } = flags;
  return rest as Flags;
}

export interface SuitePlace {
  readonly scenario: ScenarioId;
  /** Names of the arms. */
  readonly arms: readonly string[];
}

/** The texts of --fail-if that each place can judge; one that none can is refused. @throws BenchError USAGE or UNKNOWN_NAME */
export function shareThresholds(texts: readonly string[], places: readonly SuitePlace[]): readonly (readonly string[])[] {
  const judges = texts.map((text) => {
    const misses = places.map(({ scenario, arms }) => whyUnknown(text, arms, scenario));
    const hints = misses.flatMap((miss, index) => (miss?.hint === undefined ? [] : [`${places[index]?.scenario}: ${miss.hint}`]));
    const [first] = misses;
    if (first !== undefined && misses.every((miss) => miss !== undefined))
      throw new BenchError(first.code, first.message, { hint: hints.join('\n') });
    return misses.map((miss) => miss === undefined);
  });
  return places.map((_, place) => texts.filter((_text, index) => judges[index]?.[place] === true));
}

/** Returns undefined when the threshold can be judged; a limit that does not fit its metric is wrong everywhere, and thrown. */
function whyUnknown(text: string, arms: readonly string[], scenario: ScenarioId): BenchError | undefined {
  try {
    parseThreshold(text, arms, scenario);
    return undefined;
  } catch (error) {
    if (error instanceof BenchError && error.code === 'UNKNOWN_NAME') return error;
    throw error;
  }
}

/** The command that measures the same suite again: the given flags, with the preset and the seed that were used. */
export function repeatSuite(
  named: readonly ScenarioId[],
  flags: RunFlags & { readonly failIf?: readonly string[] },
  { preset, seed }: Pick<Plan, 'preset' | 'seed'>,
): string {
  const words = Object.entries({ ...flags, preset, seed: String(seed) }).flatMap(([key, value]) => repeatFlag(key, value));
  return [`streamduel run ${named.join(' ')}`, ...words].join(' ');
}

/** Flags that only affect where the result goes or how it is shown; they are not part of the measurement. */
const isAside: ReadonlySet<string> = new Set(['out', 'name', 'continue', 'port', 'json', 'quiet', 'verbose']);

function repeatFlag(key: string, value: string | boolean | readonly string[] | undefined): readonly string[] {
  if (value === undefined || isAside.has(key)) return [];
  const name = flagWords(key);
  if (typeof value === 'string') return [`--${name} ${quoted(value)}`];
  if (typeof value !== 'boolean') return value.map((one) => `--${name} ${quoted(one)}`);
  if (key === 'resume') return value ? [] : [`--${name}`];
  return [value ? `--${name}` : `--no-${name}`];
}

/** Name of the flag: `client-processes`; `no-resume`, which only exists with no-. */
export function flagWords(key: string): string {
  const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return key === 'resume' ? `no-${name}` : name;
}

function quoted(text: string): string {
  return /^[\w.,:/%@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
