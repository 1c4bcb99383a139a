// The metrics of steady streams, of which few are endpoints: each is compared in a dozen pairs, and
// the correction for their number grows with them.

import { declareOnly, inOrder } from '../../analysis/metrics/metric-list.ts';
import type { EndpointId, Metric } from '../../analysis/metrics/metric.ts';
import {
  ordinaryRequestMetrics,
  proxyMetrics,
  steadyMetrics,
} from '../../analysis/metrics/steady.ts';

/** TTFT overhead, ready to received, and server CPU per token. */
const endpoints: ReadonlySet<EndpointId> = new Set<EndpointId>(['P2', 'P9', 'P5']);

export const matrixMetrics: readonly Metric[] = inOrder([
  ...declareOnly(steadyMetrics, (endpoint) => endpoints.has(endpoint)),
  ...proxyMetrics,
  ...ordinaryRequestMetrics,
]);
