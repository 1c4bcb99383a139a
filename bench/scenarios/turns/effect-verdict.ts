// Judges one declared effect on the time of a turn by its simultaneous intervals: as a ratio and as a
// time. What is negligible on either scale is negligible.

import type { Margin } from '../../analysis/metrics/metric.ts';
import type { SimultaneousEffect } from './factorial.ts';

/** A tenth of a second over twenty turns; of a reply of 35 ms on loopback it is a seventh. */
export const TURN_MARGIN = {
  ratio: 0.05,
  absolute: 5e6,
} as const satisfies Margin;

export type EffectVerdict =
  /** Level 1 takes less time, by more than the margin; or more. */
  | 'saves'
  | 'costs'
  | 'negligible'
  /** The direction is shown, not that the size is beyond the margin. */
  | 'size-uncertain'
  | 'inconclusive';

interface EffectScales {
  /** Of logarithms. */
  readonly ratio: SimultaneousEffect;
  /** In ns. */
  readonly difference: SimultaneousEffect;
}

export function judgeEffect({ ratio, difference }: EffectScales): EffectVerdict {
  const scales = [
    { ...ratio.simultaneous, margin: Math.log1p(TURN_MARGIN.ratio) },
    { ...difference.simultaneous, margin: TURN_MARGIN.absolute },
  ];
  if (scales.some(({ low, high, margin }) => low > -margin && high < margin)) return 'negligible';
  if (scales.every(({ high, margin }) => high < -margin)) return 'saves';
  if (scales.every(({ low, margin }) => low > margin)) return 'costs';
  return scales.every(({ low, high }) => low > 0 || high < 0) ? 'size-uncertain' : 'inconclusive';
}
