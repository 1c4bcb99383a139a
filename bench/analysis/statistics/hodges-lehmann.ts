// A location estimate that a few wild blocks cannot move: a check on the mean, not a replacement of
// it.

import { median } from './moments.ts';

/**
 * The median of all pairwise means, each value with itself included (Walsh averages); undefined
 * without values.
 */
export function hodgesLehmann(values: readonly number[]): number | undefined {
  const averages: number[] = [];
  for (let first = 0; first < values.length; first++) {
    for (let second = first; second < values.length; second++)
      averages.push(((values[first] as number) + (values[second] as number)) / 2);
  }
  return median(averages);
}
