// The metrics of steady streams that apply when tokens are due together: the cost of a token, and
// its mechanism.

import type { Metric, MetricChoice } from '../../analysis/metrics/metric.ts';
import { choose, inOrder } from '../../analysis/metrics/metric-list.ts';
import { ordinaryRequestMetrics, steadyMetrics } from '../../analysis/metrics/steady.ts';

const shared: MetricChoice = {
  ids: [
    'delivery.p50',
    'delivery.p99',
    'pacer.wait.p50',
    'delivery.ready.p50',
    'coalescing',
    'cpu.server.token',
    'cpu.client.token',
    'calls.server.token',
    'calls.client.token',
    'segments.token',
    'elu.server',
    'elu.client',
    'bytes.token',
    'bytes.payload',
    'bytes.framing',
    'bytes.id',
    'bytes.token.without-id',
    'bytes.token.tcp',
    'bytes.token.wire',
    'bytes.token.wire.without-id',
  ],
  endpoints: ['P3', 'P5'],
};

export const burstMetrics: readonly Metric[] = inOrder([
  ...choose(steadyMetrics, shared),
  ...ordinaryRequestMetrics,
]);
