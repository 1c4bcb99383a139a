// Distributes the flags of a suite to its scenarios: a flag that all scenarios take goes to each, a
// flag that only some take goes to those. A flag that none would take, or that has another meaning
// in each, is refused by name.

import { BenchError } from '../contract/errors.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import { inFlag, parseList, pickName } from '../plan/quantities.ts';
import { parseThreshold } from '../plan/thresholds.ts';
import { readings } from '../scenarios/readings.ts';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';
import { flagNames, flagOf, type FlagName, type RunFlags } from './run-flags.ts';
import { isGiven, takersHint, takesInSuite, writtenFlag } from './taken.ts';

/** The scenarios of a suite, in the given order. @throws BenchError USAGE or UNKNOWN_NAME */
export function readScenarios(names: readonly string[]): readonly ScenarioId[] {
  const picked = names.map((name) => pickName('scenario', name, scenarioNames));
  const repeated = picked.find((name, index) => picked.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new BenchError('USAGE', `each scenario once: ${repeated} is there twice`);
  return picked;
}

/**
 * One set of flags for each scenario, in their order. @throws BenchError USAGE or UNKNOWN_NAME that
 * names the flag.
 */
export function shareFlags(named: readonly ScenarioId[], flags: RunFlags): readonly RunFlags[] {
  for (const name of flagNames) if (isGiven(name, flags)) refuseLost(name, named, flags);
  return named.map((scenario) => {
    const kept = Object.entries(flags).filter(([name]) =>
      isKept(name as FlagName, scenario, flags),
    );
    return withOwnPrecision(scenario, named, Object.fromEntries(kept));
  });
}

function isKept(name: FlagName, scenario: ScenarioId, flags: RunFlags): boolean {
  return !isGiven(name, flags) || takesInSuite(name, scenarios[scenario]);
}

function refuseLost(name: FlagName, named: readonly ScenarioId[], flags: RunFlags): void {
  const written = writtenFlag(name, flags[name]);
  if (flagOf(name).isPerScenario === true) {
    throw new BenchError(
      'USAGE',
      `${written}: it means something else in each scenario, and there are several`,
      {
        hint: `give it to one alone: streamduel run ${named[0]} ${written}`,
      },
    );
  }
  if (named.some((scenario) => takesInSuite(name, scenarios[scenario]))) return;
  throw new BenchError('USAGE', `${written}: none of ${named.join(', ')} takes it`, {
    hint: takersHint(name),
  });
}

/**
 * Each scenario gets its own metrics of `delivery.p50,memory.retained:5%`; a scenario without any
 * of them has no stopping rule.
 */
function withOwnPrecision(
  name: ScenarioId,
  named: readonly ScenarioId[],
  flags: RunFlags,
): RunFlags {
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
  return rest;
}

export interface SuitePlace {
  readonly scenario: ScenarioId;
  /** Names of the arms. */
  readonly arms: readonly string[];
}

/**
 * The texts of --fail-if that each place can judge; one that none can is refused. @throws
 * BenchError USAGE or UNKNOWN_NAME
 */
export function shareThresholds(
  texts: readonly string[],
  places: readonly SuitePlace[],
): readonly (readonly string[])[] {
  const judges = texts.map((text) => {
    const misses = places.map(({ scenario, arms }) => whyUnknown(text, arms, scenario));
    const hints = misses.flatMap((miss, index) =>
      miss?.hint === undefined ? [] : [`${places[index]?.scenario}: ${miss.hint}`],
    );
    const [first] = misses;
    if (first !== undefined && misses.every((miss) => miss !== undefined))
      throw new BenchError(first.code, first.message, { hint: hints.join('\n') });
    return misses.map((miss) => miss === undefined);
  });
  return places.map((_, place) => texts.filter((_text, index) => judges[index]?.[place] === true));
}

/**
 * Returns undefined when the threshold can be judged; a limit that does not fit its metric is wrong
 * everywhere, and thrown.
 */
function whyUnknown(
  text: string,
  arms: readonly string[],
  scenario: ScenarioId,
): BenchError | undefined {
  try {
    parseThreshold(text, arms, scenario);
    return undefined;
  } catch (error) {
    if (error instanceof BenchError && error.code === 'UNKNOWN_NAME') return error;
    throw error;
  }
}
