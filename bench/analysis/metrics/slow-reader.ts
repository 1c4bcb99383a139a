// Metrics of receivers that stop reading, beside those that their neighbours share with steady streams.

import type { MetricChoice, SteadyMetric } from './metric.ts';

export const slowReaderChoice: MetricChoice = { ids: ['delivery.p50', 'delivery.p99', 'cpu.server.token'], endpoints: ['P4'] };

export const slowReaderMetrics: readonly SteadyMetric[] = [];
