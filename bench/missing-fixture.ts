// Test support: what is missing on this machine skips its tests, loudly and with the command that
// brings it. Where CI is `true` everything has been installed, so there it fails.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './contract/chromium.ts';
import { BenchError } from './contract/errors.ts';
import { findProgram } from './lab/find-program.ts';
import { bringCommand, type LabName } from './lab/lab-sources.ts';

/** Why something is unavailable here, and the fix. */
export interface Missing {
  readonly why: string;
  readonly remedy: string;
}

const said = new Set<string>();

/**
 * Whether tests must be skipped, for `skipIf`; says so on stderr, once.
 * @param what Plural subject of the sentence: `network faults`
 * @throws Error where CI is `true` and something is missing
 */
export function isUntested(what: string, missing: Missing | undefined): boolean {
  if (missing === undefined) return false;
  const text = `${what} were NOT tested: ${missing.why}. To mend it: ${missing.remedy}`;
  if (process.env['CI'] === 'true') throw new Error(text);
  if (!said.has(text)) process.stderr.write(`\n${text}\n\n`);
  said.add(text);
  return true;
}

/**
 * @param remedy Command that brings it. @param words Flags with which it succeeds where all that it
 * needs is there.
 */
export function whyNoProgram(
  program: string,
  remedy: string,
  words: readonly string[] = ['--version'],
): Missing | undefined {
  const { status, error, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) return undefined;
  const why =
    error === undefined
      ? `${program}: ${stderr.trim().split('\n').at(-1)}`
      : `the program ${program} is not installed`;
  return { why, remedy };
}

export function whyNoBrowser(): Missing | undefined {
  try {
    return whyNoProgram(findChromium(), 'apt-get install chromium');
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { why: error.message, remedy: error.hint ?? '' };
  }
}

export function whyNoCompiler(): Missing | undefined {
  return whyNoProgram('cc', 'apt-get install gcc libc6-dev');
}

export function whyNoProc(): Missing | undefined {
  return existsSync('/proc/self/stat')
    ? undefined
    : { why: 'there is no /proc', remedy: 'run them on Linux' };
}

/** Says why a real proxy, or the broker, is unavailable here. */
export function whyNoLabProgram(name: LabName): Missing | undefined {
  try {
    findProgram(name);
    return undefined;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { why: error.message, remedy: bringCommand(name) };
  }
}
