// Derives the turns of the pacer from its own stamps: all tokens of a turn carry the same one. The
// time between turns is decided by the harness alone, so it must be the same in every arm.

import { sortNumbers } from './statistics/sort-numbers.ts';

/**
 * Gaps between consecutive turns that emitted one of these tokens, in order of time; `readyNs` in
 * any order, NaN left out.
 */
export function turnPeriods(readyNs: Float64Array): Float64Array {
  const sorted = sortNumbers(readyNs.filter((ns) => !Number.isNaN(ns)));
  const periods = new Float64Array(sorted.length);
  let count = 0;
  for (let index = 1; index < sorted.length; index++) {
    const gap = (sorted[index] as number) - (sorted[index - 1] as number);
    if (gap > 0) periods[count++] = gap;
  }
  return periods.subarray(0, count);
}
