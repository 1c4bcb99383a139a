// Metrics of one source with many subscribers, besides those that it shares with steady streams. A
// token there is a delivery: one message to one subscriber.

import type { LoadPoint } from '../../contract/load-point.ts';
import {
  quantileMetric,
  type EndpointId,
  type Metric,
  type MetricChoice,
  type SteadyMetric,
} from '../../analysis/metrics/metric.ts';
import { choose, inOrder, ofTrials } from '../../analysis/metrics/metric-list.ts';
import { ordinaryRequestMetrics, steadyMetrics } from '../../analysis/metrics/steady.ts';

const shared: MetricChoice = {
  ids: [
    'delivery.p50',
    'delivery.p90',
    'delivery.p99',
    'delivery.max',
    'cpu.server.token',
    'cpu.client.token',
    'calls.server.token',
    'elu.server',
    'elu.client',
  ],
  endpoints: ['P3', 'P4', 'P5'],
};

/**
 * At this many messages per second or more, a window of seconds has enough of them for the
 * endpoint.
 */
const LEAST_MESSAGES_PER_SECOND: Partial<Record<EndpointId, number>> = { P3: 10, P4: 50 };

/**
 * Deliveries of one message are correlated, so a quantile needs many messages: with few it is
 * exploratory.
 */
export function isEndpointOfFanout(
  endpoint: EndpointId,
  { messagesPerSecond = 0 }: LoadPoint,
): boolean {
  return messagesPerSecond >= (LEAST_MESSAGES_PER_SECOND[endpoint] ?? 0);
}

const SPREAD =
  'of each message, c5 of the last subscriber − c5 of the first, over the subscribers that read';

const own: readonly SteadyMetric[] = [
  ...(
    [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p99', 0.99],
      ['max', 1],
    ] as const
  ).map(([name, quantile]) =>
    quantileMetric({
      id: `spread.${name}`,
      title: `Spread ${name}`,
      better: 'lower',
      scale: 'ratio',
      definition: SPREAD,
      distribution: 'spreadNs',
      quantile,
    }),
  ),
  quantileMetric({
    id: 'spread.first.p50',
    title: 'First subscriber p50',
    better: 'lower',
    scale: 'ratio',
    definition: 'from when a message was due to its receipt by whoever got it first',
    distribution: 'firstReceiptNs',
    quantile: 0.5,
  }),
  quantileMetric({
    id: 'spread.last.p50',
    title: 'Last subscriber p50',
    better: 'lower',
    scale: 'ratio',
    definition: 'from when a message was due to its receipt by whoever got it last',
    distribution: 'lastReceiptNs',
    quantile: 0.5,
  }),
  {
    id: 'spread.overrun',
    title: 'Messages that overran the next',
    unit: 'ratio',
    better: 'lower',
    scale: 'difference',
    definition:
      'messages that had not reached the last subscriber when the next one was due/messages of the window',
    value: ({ broadcast }) =>
      broadcast === undefined || broadcast.messages === 0
        ? undefined
        : broadcast.overruns / broadcast.messages,
  },
];

export const fanoutMetrics: readonly Metric[] = inOrder([
  ...choose(steadyMetrics, shared),
  ...ofTrials('completed', own),
  ...ordinaryRequestMetrics,
]);
