// Declares the flags of `run` to commander.

import type { Command } from 'commander';
import { flagNames, flagOf, flagWords } from './run-flags.ts';

export function declareRunFlags(command: Command): Command {
  for (const name of flagNames) {
    const { kind, value, help, isNegatable } = flagOf(name);
    const words = flagWords(name);
    if (kind === 'texts') command.option(`--${words} <${value}>`, help, collect);
    else if (kind !== 'switch') command.option(`--${words} <${value}>`, help);
    // Declared before its negation, so that commander has no default for the two.
    else command.option(`--${words}`, help);
    if (isNegatable === true) command.option(`--no-${words}`);
  }
  return command;
}

/** Collects the values of an option that may be repeated. */
export function collect(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}
