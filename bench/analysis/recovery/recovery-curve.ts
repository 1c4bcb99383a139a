// Moments after the fault → how many there were in each bin.

import type { RecoveryCurve } from '../../contract/recovery.ts';

/** Ns since T0; NaN among them is skipped. */
export interface CurveMoments {
  readonly binNs: number;
  readonly faultNs: number;
  readonly endNs: number;
  readonly attemptsNs: Iterable<number>;
  readonly acceptedNs: Iterable<number>;
  readonly resumedNs: Iterable<number>;
}

/** From the fault to the end, and on to the last of the moments if that is later; what was before the fault is left out. */
export function curveOf({ binNs, faultNs, endNs, ...moments }: CurveMoments): RecoveryCurve {
  const binsOf = (times: Iterable<number>): number[] =>
    [...times].filter((ns) => ns >= faultNs).map((ns) => Math.floor((ns - faultNs) / binNs));
  const attempts = binsOf(moments.attemptsNs);
  const accepted = binsOf(moments.acceptedNs);
  const resumed = binsOf(moments.resumedNs);
  const last = [attempts, accepted, resumed].flat().reduce((highest, bin) => Math.max(highest, bin), -1);
  const bins = Math.max(Math.ceil((endNs - faultNs) / binNs), last + 1);
  return { binNs, attempts: count(attempts, bins), accepted: count(accepted, bins), resumed: count(resumed, bins) };
}

function count(members: readonly number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const bin of members) counts[bin] = (counts[bin] as number) + 1;
  return counts;
}
