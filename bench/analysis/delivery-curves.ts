// Delivery quantiles of an arm for the chart: how its trials lie around their median.

import { quantileGrid } from '../contract/distribution.ts';
import type { QuantileCurve } from './analysis.ts';
import type { MeasuredArm } from './measured-trials.ts';
import { median } from './statistics/moments.ts';
import { isQuantileSupported } from './statistics/rank-interval.ts';

/**
 * A quantile is drawn when most of the trials support it, and then with all of them: those that do not are the ones with
 * stalls, and without them the envelope would hide what it is for.
 */
export function deliveryCurve({ name, completed }: MeasuredArm): QuantileCurve {
  const distributions = completed.flatMap(({ distributions: { deliveryScheduledNs } }) => deliveryScheduledNs ?? []);
  const points = quantileGrid.flatMap((q, index) => {
    const supporting = distributions.filter(({ effectiveCount }) => isQuantileSupported(q, effectiveCount));
    const values = distributions.map((distribution) => distribution.values[index] as number);
    const medianNs = median(values);
    if (medianNs === undefined || supporting.length * 2 <= distributions.length) return [];
    return [{ q, medianNs, lowNs: Math.min(...values), highNs: Math.max(...values) }];
  });
  return { arm: name, points };
}
