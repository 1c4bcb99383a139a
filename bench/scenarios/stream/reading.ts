import { arrivalMetrics } from '../../analysis/metrics/arrivals.ts';
import { LATER_ENDPOINT } from '../../analysis/metrics/metric.ts';
import {
  ofReplays,
  ordinaryRequestMetrics,
  pageMetrics,
  proxyMetrics,
  steadyMetrics,
} from '../../analysis/metrics/steady.ts';
import type { ScenarioReading } from '../../analysis/scenario-reading.ts';

export const streamReading: ScenarioReading = {
  metrics: [
    ...steadyMetrics,
    ...pageMetrics,
    ...proxyMetrics,
    ...ordinaryRequestMetrics,
    ...arrivalMetrics,
    ...ofReplays,
  ],
  floor: 'null-arm',
  isEndpointAt: (endpoint, { loadPoint }) =>
    loadPoint.endpoints?.includes(endpoint) ?? endpoint !== LATER_ENDPOINT,
};
