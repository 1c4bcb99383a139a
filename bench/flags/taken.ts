// Which scenarios take a flag: by its rule, or as the scenario itself says.

import { BenchError } from '../contract/errors.ts';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { FlagRule, FlagValue } from './flag.ts';
import { flagNames, flagOf, flagWords, type FlagName, type RunFlags } from './run-flags.ts';

export type FlagTaker = Pick<Scenario, 'name' | 'flags' | 'breaks'>;

export interface Refusal {
  /** Undefined where the flag belongs to other scenarios. */
  readonly why: string | undefined;
}

const rules: Record<FlagRule, (scenario: FlagTaker) => Refusal | undefined> = {
  all: () => undefined,
  steady: ({ breaks }) =>
    breaks === undefined
      ? undefined
      : { why: 'its faults determine how long streams and trials are' },
  faults: ({ breaks }) => (breaks === undefined ? { why: 'it injects no fault' } : undefined),
  named: () => ({ why: undefined }),
};

/** Undefined for a flag that the scenario takes, at least when it is measured alone. */
export function whyRefused(name: FlagName, scenario: FlagTaker): Refusal | undefined {
  const stance = scenario.flags?.[name];
  if (stance === undefined) return rules[flagOf(name).rule ?? 'all'](scenario);
  if (stance === 'sets') return { why: 'it sets this itself' };
  return typeof stance === 'object' ? { why: stance.refuses } : undefined;
}

export function takesInSuite(name: FlagName, scenario: FlagTaker): boolean {
  return scenario.flags?.[name] !== 'alone' && whyRefused(name, scenario) === undefined;
}

/** Whether the flag is given with a value that means something else than its absence. */
export function isGiven(name: FlagName, flags: RunFlags): boolean {
  return flags[name] !== undefined && flags[name] !== flagOf(name).neutral;
}

/** @throws BenchError USAGE for a given flag that the scenario does not take. */
export function refuseForeignFlags(flags: RunFlags, scenario: FlagTaker): void {
  for (const name of flagNames) {
    const refusal = isGiven(name, flags) ? whyRefused(name, scenario) : undefined;
    if (refusal === undefined) continue;
    const reason = refusal.why === undefined ? '' : `: ${refusal.why}`;
    throw new BenchError(
      'USAGE',
      `${writtenFlag(name, flags[name])}: scenario ${scenario.name} does not take it${reason}`,
      {
        hint: takersHint(name),
      },
    );
  }
}

export function takersHint(name: FlagName): string {
  return `scenarios that take it: ${scenarioNames.filter((one) => whyRefused(name, scenarios[one]) === undefined).join(', ')}`;
}

/** `--rate 5`, `--no-resume`: a flag as it was given, the first value of several. */
export function writtenFlag(name: FlagName, value: FlagValue | undefined): string {
  const words = flagWords(name);
  if (value === false) return `--no-${words}`;
  if (value === undefined || value === true) return `--${words}`;
  return `--${words} ${typeof value === 'string' ? value : (value[0] ?? '')}`;
}
