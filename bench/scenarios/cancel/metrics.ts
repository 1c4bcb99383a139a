// Metrics of stops, by kind: of two arms that stop in different ways, those that serve one purpose
// are compared. All ways, those without a counterpart too, are in the findings.

import type { StopKind } from '../../contract/arms/stop-ways.ts';
import type { StreamState } from '../../contract/told-streams.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import type { EndpointId, Metric, StopsMetric } from '../../analysis/metrics/metric.ts';
import { cellOfKind, latencyNs, vainBytes, vainTokens } from './cell-values.ts';

const kinds = {
  leave: {
    endpoint: 'P11',
    title: 'by leaving',
    words: 'the client closing what carries the stream, as the interface of its transport does it',
  },
  say: {
    endpoint: 'P10',
    title: 'by saying so',
    words:
      'the client sending `cancel`, in a message or in a request on a connection that is open already',
  },
} as const satisfies Record<StopKind, { endpoint: EndpointId; title: string; words: string }>;

const states = {
  active: 'an active stream',
  quiet: 'a quiet stream',
} as const satisfies Record<StreamState, string>;

const ABSENCE = 'the transport has no such way, or the server did not notice in the trial';

function metricsOf(kind: StopKind, state: StreamState): readonly StopsMetric[] {
  const { endpoint, title, words } = kinds[kind];
  const of = `Stop of ${states[state]} ${title}`;
  const common = { better: 'lower', absence: ABSENCE, controls: 'nothing' } as const;
  return [
    {
      ...common,
      id: `stop.${kind}.${state}`,
      title: of,
      unit: 'ns',
      scale: 'ratio',
      // What a stop needs does not depend on whether tokens flow, unless something stands between.
      ...(state === 'active' && { endpoint }),
      margin: { ratio: 0.1, absolute: NS_PER_MS, isForUsers: true },
      isOneWay: true,
      definition: `from ${words}, to the server ending the generation, median of a trial’s streams`,
      value: (trial) => {
        const cell = cellOfKind(trial, { kind, state });
        return cell && latencyNs(cell);
      },
    },
    {
      ...common,
      id: `vain.${kind}.${state}`,
      title: `${of}: tokens in vain`,
      unit: 'count',
      scale: 'difference',
      definition:
        'tokens that the server generated − tokens that the client had received when it stopped, mean of a trial’s streams: those under way are in it',
      value: (trial) => {
        const cell = cellOfKind(trial, { kind, state });
        return cell && vainTokens(cell);
      },
    },
    {
      ...common,
      id: `vain.bytes.${kind}.${state}`,
      title: `${of}: bytes in vain`,
      unit: 'bytes',
      scale: 'difference',
      definition:
        'bytes that the server had handed to the connection when it ended the generation − bytes that the client had received when it stopped; of HTTP/2 those of the body',
      value: (trial) => {
        const cell = cellOfKind(trial, { kind, state });
        return cell && vainBytes(cell);
      },
    },
  ];
}

export const cancelMetrics: readonly Metric[] = inOrder(
  ofTrials(
    'stops',
    (['say', 'leave'] as const).flatMap((kind) =>
      (['active', 'quiet'] as const).flatMap((state) => metricsOf(kind, state)),
    ),
  ),
);
