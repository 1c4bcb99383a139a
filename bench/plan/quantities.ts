// Parses flag values with units: `250ms`, `10s`, `64KiB`, `0,5`. Errors name the flag and the
// value.

import { BenchError } from '../contract/errors.ts';
import { KIB, MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';
import { nearestName } from './nearest-name.ts';

const durationUnits: Record<string, number> = {
  us: NS_PER_US,
  µs: NS_PER_US,
  ms: NS_PER_MS,
  s: NS_PER_S,
  m: 60 * NS_PER_S,
  h: 3600 * NS_PER_S,
};
const sizeUnits: Record<string, number> = { b: 1, kb: 1000, kib: KIB, mb: 1e6, mib: MIB };

export function usageError(flag: string, value: string, wants: string): BenchError {
  return new BenchError('USAGE', `${flag} ${value}: expected ${wants}`);
}

/** Reads a part of a flag; prefixes its errors with the flag and the whole value. */
export function inFlag<T>(flag: string, value: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw prefixFlag(error, flag, value);
  }
}

/**
 * Prefixes an error about an unknown name with the flag and the value, unless it names a flag
 * already.
 */
export function nameFlag(error: unknown, flag: string, value: string): unknown {
  const isNamed =
    !(error instanceof BenchError) ||
    error.code !== 'UNKNOWN_NAME' ||
    error.message.startsWith('--');
  return isNamed ? error : prefixFlag(error, flag, value);
}

function prefixFlag(error: unknown, flag: string, value: string): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new BenchError(error.code, `${flag} ${value}: ${error.message}`, {
    cause: error,
    ...hint,
  });
}

/** @returns ns */
export function parseDuration(flag: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]+)$/.exec(value.trim());
  const unit = match?.[2] === undefined ? undefined : durationUnits[match[2]];
  if (match?.[1] === undefined || unit === undefined)
    throw usageError(flag, value, 'a duration with its unit, such as 250ms, 10s or 2m');
  return Math.round(Number(match[1]) * unit);
}

/** @returns bytes */
export function parseSize(flag: string, value: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(value.trim());
  const unit = match?.[2] === undefined ? undefined : sizeUnits[match[2].toLowerCase()];
  if (match?.[1] === undefined || unit === undefined)
    throw usageError(flag, value, 'a size with its unit, such as 64KiB or 1MiB');
  return Math.round(Number(match[1]) * unit);
}

export function parseCount(flag: string, value: string, least: number, most: number): number {
  const count = /^\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (!(count >= least && count <= most))
    throw usageError(flag, value, `a whole number from ${least} to ${most}`);
  return count;
}

export function parsePositive(flag: string, value: string, most: number): number {
  const number = /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (!(number > 0 && number <= most))
    throw usageError(flag, value, `a number above 0, at most ${most}`);
  return number;
}

/** Parses a comma-separated list without empty or repeated entries. */
export function parseList(flag: string, value: string): string[] {
  const entries = value.split(',').map((entry) => entry.trim());
  if (entries.some((entry) => entry === ''))
    throw usageError(flag, value, 'a list separated by commas, without empty entries');
  const repeated = entries.find((entry, index) => entries.indexOf(entry) !== index);
  if (repeated !== undefined)
    throw usageError(flag, value, `each entry once; ${repeated} is there twice`);
  return entries;
}

interface KnownNames<Name extends string> {
  /** The kind of thing that is named: `fault`. */
  readonly what: string;
  readonly names: readonly Name[];
}

/** Parses one of several names. @throws BenchError UNKNOWN_NAME that names the flag */
export function parseName<Name extends string>(
  flag: string,
  value: string,
  { what, names }: KnownNames<Name>,
): Name {
  return inFlag(flag, value, () => pickName(what, value, names));
}

/** Parses a list of names. @throws BenchError USAGE or UNKNOWN_NAME that names the flag */
export function parseNames<Name extends string>(
  flag: string,
  value: string,
  { what, names }: KnownNames<Name>,
): Name[] {
  return parseList(flag, value).map((name) =>
    inFlag(flag, value, () => pickName(what, name, names)),
  );
}

/**
 * @throws BenchError UNKNOWN_NAME that lists the known names, and suggests a similar one if there
 * is one.
 */
export function pickName<Name extends string>(
  what: string,
  value: string,
  names: readonly Name[],
): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const near = nearestName(value, names);
  throw new BenchError(
    'UNKNOWN_NAME',
    `there is no ${what} "${value}"${near === undefined ? '' : `; did you mean ${near}?`}`,
    {
      hint: `known: ${names.join(', ')}`,
    },
  );
}
