// The keys of a configuration file, and the forms that their values may have. Ranges, and names
// that depend on others, are checked where the plan is built.

import { BenchError } from '../contract/errors.ts';
import { nearestName } from '../plan/nearest-name.ts';
import { parseDuration, parseSize } from '../plan/quantities.ts';
import type { FlagKind } from './flag.ts';
import { flagNames, flagOf, flagWords, type FlagName } from './run-flags.ts';

/** Key of the scenarios to run; all others are flags. */
export const SCENARIO_KEY = 'scenario';
/** Key that names a JSON schema for editors. */
export const SCHEMA_KEY = '$schema';

/** Flags that a configuration file may have. */
export const configFlags: readonly FlagName[] = flagNames.filter(
  (name) => flagOf(name).isCommandLineOnly !== true,
);

export const configKeys: readonly string[] = [SCENARIO_KEY, ...configFlags.map(flagWords)];

/** Returns undefined for a key that is no flag. */
export function flagOfKey(key: string): FlagName | undefined {
  return configFlags.find((name) => flagWords(name) === key);
}

/** @throws BenchError USAGE that says what would be right. */
export function checkText(name: FlagName, text: string): void {
  const { kind, choices } = flagOf(name);
  const key = flagWords(name);
  checks[kind]?.(key, text);
  if (choices === undefined) return;
  for (const one of kind === 'list' ? text.split(',') : [text])
    checkChoice(key, one.trim(), choices);
}

const checks: Partial<Record<FlagKind, (key: string, text: string) => unknown>> = {
  count: (key, text) => checkForm(key, text, /^\d+$/),
  number: (key, text) => checkForm(key, text, /^\d+(?:\.\d+)?$/),
  duration: parseDuration,
  size: parseSize,
};

function checkForm(key: string, text: string, form: RegExp): void {
  if (!form.test(text)) throw new BenchError('USAGE', `${key} ${text}: expected ${wantedOf(key)}`);
}

/** @throws BenchError UNKNOWN_NAME with the nearest name */
export function checkChoice(key: string, text: string, choices: readonly string[]): void {
  if (choices.includes(text)) return;
  const near = nearestName(text, choices);
  throw new BenchError(
    'UNKNOWN_NAME',
    `${key} ${text}: ${near === undefined ? 'unknown name' : `did you mean ${near}?`}`,
    {
      hint: `known: ${choices.join(', ')}`,
    },
  );
}

const wantedKinds: Record<FlagKind, string> = {
  switch: 'true or false',
  text: 'a text',
  texts: 'a text or a list of them',
  list: 'a list',
  count: 'a whole number',
  number: 'a number',
  duration: 'a duration with its unit',
  size: 'a size with its unit',
};

/** `a duration with its unit, such as 10s` */
export function wantedOf(key: string): string {
  const name = flagOfKey(key);
  if (name === undefined) return 'the name of a scenario, or a list of them';
  const { kind, example } = flagOf(name);
  return example === undefined || kind === 'switch'
    ? wantedKinds[kind]
    : `${wantedKinds[kind]}, such as ${example}`;
}

/** Ends a message about an unknown key. */
export function suggestKey(key: string): string {
  const positive = key.replace(/^no-/, '');
  if (key !== positive && configKeys.includes(positive)) return `write ${positive}: false`;
  if (flagNames.some((name) => flagWords(name) === key)) return 'it is for the command line alone';
  const near = nearestName(
    key.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    configKeys,
  );
  return near === undefined ? 'it is no flag of run' : `did you mean ${near}?`;
}
