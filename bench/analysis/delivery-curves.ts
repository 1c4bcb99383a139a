// Delivery quantiles of an arm for the chart: the median of its trials and their range around it.

import { quantileGrid } from '../contract/distribution.ts';
import type { QuantileCurve } from './analysis.ts';
import type { MeasuredArm } from './measured-trials.ts';
import { median } from './statistics/moments.ts';
import { supportsQuantile } from './statistics/tail-support.ts';

/**
 * A quantile is drawn when most of the trials support it, and then with all of them: those that do
 * not are the ones with stalls, which the envelope is meant to show.
 */
export function deliveryCurve({ name, completed }: MeasuredArm): QuantileCurve {
  const sampled = completed.flatMap(({ distributions: { deliveryScheduledNs }, windowNs }) =>
    deliveryScheduledNs === undefined ? [] : [{ distribution: deliveryScheduledNs, windowNs }],
  );
  const points = quantileGrid.flatMap((q, index) => {
    const supporting = sampled.filter(({ distribution, windowNs }) =>
      supportsQuantile(q, distribution, windowNs),
    );
    const values = sampled.map(({ distribution }) => distribution.values[index] as number);
    const medianNs = median(values);
    if (medianNs === undefined || supporting.length * 2 <= sampled.length) return [];
    return [{ q, medianNs, lowNs: Math.min(...values), highNs: Math.max(...values) }];
  });
  return { arm: name, points };
}
