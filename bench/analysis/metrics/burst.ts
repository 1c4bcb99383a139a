// Metrics of tokens that are due together, beside those that they share with steady streams.

import type { MetricChoice, SteadyMetric } from './metric.ts';

export const burstChoice: MetricChoice = {
  ids: ['delivery.p50', 'delivery.p99', 'cpu.server.token', 'coalescing', 'bytes.token', 'bytes.token.tcp', 'bytes.token.wire'],
  endpoints: ['P3', 'P5'],
};

export const burstMetrics: readonly SteadyMetric[] = [];
