// Metrics of inputs to streams that run. Arms are compared by the way that each has on a connection
// that is open already; a request on a new connection is in the findings.

import type { StreamState } from '../../contract/told-streams.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import type { Metric, SteersMetric } from '../../analysis/metrics/metric.ts';
import { cellOf, delayNs, warmWayOf, type Leg, type SteerQuantile } from './cell-values.ts';

const legs = {
  up: {
    title: 'one way',
    to: 'the server having it, as its library hands it over',
  },
  back: {
    title: 'there and back',
    to: 'the client having the first token that carries it',
  },
} as const satisfies Record<Leg, { title: string; to: string }>;

const SENT =
  'the client sending an input, as a message or a request on a connection that is open already,';

/** Not all inputs of a trial came through, or their tail is too short. */
const ABSENCE =
  'some inputs did not come through, or fewer than 10 separate stalls make up its tail';

function metricOf(leg: Leg, state: StreamState, quantile: SteerQuantile): SteersMetric {
  const name = quantile === 0.5 ? 'p50' : 'p99';
  const { title, to } = legs[leg];
  return {
    id: `steer.${leg}.${state}.${name}`,
    title: `Input to ${state === 'active' ? 'an active' : 'a quiet'} stream, ${title} ${name}`,
    unit: 'ns',
    better: 'lower',
    scale: 'ratio',
    // What an input needs does not depend on whether tokens flow, unless something stands between.
    ...(state === 'active' && declared(leg, quantile)),
    isOneWay: leg === 'up',
    controls: 'nothing',
    quantile,
    absence: ABSENCE,
    definition: `from ${SENT} to ${to}; over all inputs of the window to such streams`,
    value: (trial) => {
      const way = warmWayOf(trial.arm.transport);
      const cell = way && cellOf(trial, { way, state });
      return cell && delayNs(cell, { leg, quantile }, trial.windowNs);
    },
  };
}

function declared(
  leg: Leg,
  quantile: SteerQuantile,
): Pick<SteersMetric, 'endpoint' | 'margin'> | undefined {
  if (quantile === 0.5)
    return {
      endpoint: leg === 'up' ? 'P14' : 'P15',
      margin: { ratio: 0.1, absolute: NS_PER_MS, isForUsers: true },
    };
  return leg === 'back'
    ? { endpoint: 'P4', margin: { ratio: 0.2, absolute: NS_PER_MS } }
    : undefined;
}

export const steerMetrics: readonly Metric[] = inOrder(
  ofTrials(
    'steers',
    (['active', 'quiet'] as const).flatMap((state) =>
      (['up', 'back'] as const).flatMap((leg) =>
        ([0.5, 0.99] as const).map((quantile) => metricOf(leg, state, quantile)),
      ),
    ),
  ),
);
