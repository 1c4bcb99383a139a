// Parses `--arrivals`: how streams begin.

import { parsePositive, usageError } from '../quantities.ts';

export type AskedArrivals =
  | { readonly kind: 'steady' }
  | { readonly kind: 'poisson'; readonly startsPerSecond: number | undefined }
  | { readonly kind: 'workload'; readonly speed: number }
  | { readonly kind: 'trace'; readonly file: string; readonly speed: number };

const FLAG = '--arrivals';
export const ARRIVAL_FORMS =
  'steady, poisson:20 (streams begun per second), workload, or a trace such as chat.csv; the last two with a speed, such as chat.csv:x10';
const MOST_PER_SECOND = 100_000;
const MOST_SPEED = 10_000;

/** `chat.csv:×10` and `chat.csv:x10` mean the same. @throws BenchError USAGE */
export function parseArrivals(value: string): AskedArrivals {
  const [, head = '', tail] = /^(.*?)(?::([^:/\\]*))?$/s.exec(value.trim()) ?? [];
  if (head === '') throw usageError(FLAG, value, ARRIVAL_FORMS);
  if (head === 'steady') {
    if (tail !== undefined)
      throw usageError(FLAG, value, 'steady alone: --connections is its load');
    return { kind: 'steady' };
  }
  if (head === 'poisson')
    return {
      kind: 'poisson',
      startsPerSecond: tail === undefined ? undefined : parsePositive(FLAG, tail, MOST_PER_SECOND),
    };
  const speed = tail === undefined ? 1 : readSpeed(tail);
  if (speed === undefined) {
    if (head === 'workload' || /^[\d.]/.test(tail ?? ''))
      throw usageError(FLAG, value, `a speed with an x after the colon, such as ${head}:x10`);
    return { kind: 'trace', file: value.trim(), speed: 1 };
  }
  return head === 'workload' ? { kind: 'workload', speed } : { kind: 'trace', file: head, speed };
}

/** Undefined for a text that is no speed. @throws BenchError USAGE for one out of range */
function readSpeed(text: string): number | undefined {
  const [, number] = /^[x×](\d+(?:\.\d+)?)$/i.exec(text.trim()) ?? [];
  return number === undefined ? undefined : parsePositive(FLAG, number, MOST_SPEED);
}

/** The value with an ASCII speed, for the command that repeats the run. */
export function writeArrivals(asked: AskedArrivals): string {
  if (asked.kind === 'steady') return asked.kind;
  if (asked.kind === 'poisson')
    return asked.startsPerSecond === undefined ? 'poisson' : `poisson:${asked.startsPerSecond}`;
  const name = asked.kind === 'workload' ? asked.kind : asked.file;
  return asked.speed === 1 ? name : `${name}:x${asked.speed}`;
}
