// Metrics of streams that begin, beside those that they share with steady streams.

import type { MetricChoice, SteadyMetric } from './metric.ts';

export const connectChoice: MetricChoice = { ids: ['connect.p50', 'open.p50', 'ttft.overhead.p50'], endpoints: ['P1', 'P2'] };

export const connectMetrics: readonly SteadyMetric[] = [];
