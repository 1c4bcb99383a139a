// Counts the moments after the fault in each bin.

import type { RecoveryCurve } from '../../contract/recovery.ts';

/** Times in ns since T0; NaN among them is skipped. */
export interface CurveMoments {
  readonly binNs: number;
  readonly faultNs: number;
  readonly endNs: number;
  readonly attemptsNs: Iterable<number>;
  readonly acceptedNs: Iterable<number>;
  readonly resumedNs: Iterable<number>;
}

/**
 * Reaches from the fault to the end, or to the last moment if that is later; moments before the
 * fault are left out.
 */
export function curveOf({ binNs, faultNs, endNs, ...moments }: CurveMoments): RecoveryCurve {
  const binsOf = (times: Iterable<number>): number[] =>
    [...times].filter((ns) => ns >= faultNs).map((ns) => Math.floor((ns - faultNs) / binNs));
  const attempts = binsOf(moments.attemptsNs);
  const accepted = binsOf(moments.acceptedNs);
  const resumed = binsOf(moments.resumedNs);
  const last = [attempts, accepted, resumed]
    .flat()
    .reduce((highest, bin) => Math.max(highest, bin), -1);
  const bins = Math.max(Math.ceil((endNs - faultNs) / binNs), last + 1);
  return {
    binNs,
    attempts: count(attempts, bins),
    accepted: count(accepted, bins),
    resumed: count(resumed, bins),
  };
}

function count(members: readonly number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const bin of members) counts[bin] = (counts[bin] as number) + 1;
  return counts;
}
