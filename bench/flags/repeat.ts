// The command lines that measure a plan, or the plans of a suite, again: printed in every report.

import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { scenarios } from '../scenarios/registry.ts';
import type { FlagValue, Repeated } from './flag.ts';
import { flagNames, flagOf, flagWords, type FlagName, type RunFlags } from './run-flags.ts';
import { whyRefused } from './taken.ts';

/**
 * The command that measures the same plan again: every flag that the scenario takes, with its value
 * in the plan.
 */
export function repeatCommand(plan: Plan, given: Repeated['given']): string {
  const taken = flagNames.filter(
    (name) => whyRefused(name, scenarios[plan.scenario]) === undefined,
  );
  const words = taken.flatMap((name) => writeFlag(name, flagOf(name).repeat?.({ plan, given })));
  return [`streamduel run ${plan.scenario}`, ...words].join(' ');
}

/**
 * The command that measures the same suite again: the given flags, with the preset and the seed
 * that were used.
 */
export function repeatSuite(
  named: readonly ScenarioId[],
  flags: RunFlags,
  { preset, seed }: Pick<Plan, 'preset' | 'seed'>,
): string {
  const words = Object.entries({ ...flags, preset, seed: String(seed) }).flatMap(([key, value]) => {
    const name = key as FlagName;
    return flagOf(name).repeat === undefined ? [] : writeFlag(name, value);
  });
  return [`streamduel run ${named.join(' ')}`, ...words].join(' ');
}

function writeFlag(name: FlagName, value: FlagValue | undefined): readonly string[] {
  const words = flagWords(name);
  if (value === undefined) return [];
  if (typeof value === 'boolean') return [value ? `--${words}` : `--no-${words}`];
  return (typeof value === 'string' ? [value] : value).map((one) => `--${words} ${quoted(one)}`);
}

function quoted(text: string): string {
  return /^[\w.,:/%@+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
