// Metrics of one source with many subscribers, beside those that it shares with steady streams.

import type { MetricChoice, SteadyMetric } from './metric.ts';

export const fanoutChoice: MetricChoice = { ids: ['delivery.p50', 'delivery.p99', 'cpu.server.token'], endpoints: ['P3', 'P4', 'P5'] };

export const fanoutMetrics: readonly SteadyMetric[] = [];
