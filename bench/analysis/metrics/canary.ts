// Metrics of the canary: response times of ordinary requests, beside the streams and before them.
// Only if one was sent.

import type { CanaryReading, CanaryRecord } from '../../contract/canary.ts';
import { quantileOf } from '../../contract/distribution.ts';
import { isQuantileSupported } from '../statistics/rank-interval.ts';
import type { SteadyMetric } from './metric.ts';

const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

type QuantileName = keyof typeof quantiles;

const stretches = {
  idle: { title: 'idle', when: 'for one second before the streams begin, the server rehearsed' },
  loaded: { title: 'beside streams', when: 'in the window' },
} as const satisfies Record<Exclude<keyof CanaryRecord, 'waitedForCpu'>, object>;

type Stretch = keyof typeof stretches;

export const canaryMetrics: readonly SteadyMetric[] = [
  ...(Object.keys(stretches) as Stretch[]).flatMap((stretch) =>
    (Object.keys(quantiles) as QuantileName[]).map((name) => quantileOfStretch(stretch, name)),
  ),
  {
    id: 'canary.errors',
    title: 'Ordinary requests without an answer',
    unit: 'count',
    better: 'lower',
    scale: 'difference',
    definition:
      'requests to /healthz in the window that failed, were refused or were still waiting at its end',
    value: ({ canary }) => canary && canary.loaded.errors + canary.loaded.unanswered,
  },
  {
    id: 'canary.waited',
    title: 'Canary waiting for a CPU',
    unit: 'ratio',
    better: 'neither',
    scale: 'difference',
    definition:
      'share of the window in which the canary could have run but the CPU was another’s: that much of its times is not the server',
    value: ({ canary }) => canary?.waitedForCpu,
  },
];

function quantileOfStretch(stretch: Stretch, name: QuantileName): SteadyMetric {
  const { title, when } = stretches[stretch];
  return {
    id: `canary.${stretch}.${name}`,
    title: `Ordinary request ${title} ${name}`,
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    quantile: quantiles[name],
    absence: 'no such requests, or too few of them,',
    definition: `from a request to /healthz to its answer, ${when}; each on a connection of its own, whatever became of the one before`,
    value: ({ canary }) => canary && supportedQuantile(canary[stretch], name),
  };
}

function supportedQuantile({ times }: CanaryReading, name: QuantileName): number | undefined {
  const q = quantiles[name];
  return times !== undefined && isQuantileSupported(q, times.effectiveCount)
    ? quantileOf(times, q)
    : undefined;
}
