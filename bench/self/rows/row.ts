// One row of the harness's own benchmark, and the interleaving of the two measurements that a row
// compares.

import { median } from '../../analysis/statistics/moments.ts';

export interface Row {
  readonly what: string;
  /** undefined when this machine cannot measure it; the note says why. */
  readonly value: number | undefined;
  /** Absent for a row that is reported but not judged. */
  readonly limit?: { readonly atMost: number } | { readonly atLeast: number };
  readonly unit: string;
  readonly note: string;
  /** Set on a row that replaces rows that could not be measured because something failed. */
  readonly isFailure?: true;
}

/** Rows that are measured together, under a name that the command line takes. */
export interface RowGroup {
  readonly name: string;
  readonly measure: (rounds: number) => Promise<readonly Row[]>;
}

export type RowState = 'met' | 'MISSED' | 'not measured' | 'FAILED' | '';

export function stateOf({ value, limit, isFailure }: Row): RowState {
  if (isFailure === true) return 'FAILED';
  if (value === undefined) return 'not measured';
  if (limit === undefined) return '';
  return ('atMost' in limit ? value <= limit.atMost : value >= limit.atLeast) ? 'met' : 'MISSED';
}

export interface Interleaved {
  readonly ratio: number | undefined;
  readonly note: string;
}

/**
 * Measures both in each round, `a` first in odd rounds and `b` first in even ones; returns the
 * ratio of `a` to `b`.
 */
export async function interleave(
  rounds: number,
  a: (round: number) => Promise<number>,
  b: (round: number) => Promise<number>,
): Promise<Interleaved> {
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const first = round % 2 === 1 ? await a(round) : undefined;
    const other = await b(round);
    ratios.push((first ?? (await a(round))) / other);
  }
  const sorted = ratios.toSorted((x, y) => x - y);
  return {
    ratio: median(ratios),
    note: `${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)} over ${rounds} rounds`,
  };
}
