// All metrics. Tables, charts, exports and comparisons loop over this list: a metric added here also appears for old runs.

import { byteMetrics } from './bytes.ts';
import { latencyMetrics } from './latency.ts';
import type { Metric } from './metric.ts';
import { resourceMetrics } from './resources.ts';

/** Endpoints first, in their order; then bytes, then the rest. */
export const metrics: readonly Metric[] = [...latencyMetrics, ...resourceMetrics, ...byteMetrics].sort((a, b) => rank(a) - rank(b));

export const endpoints: readonly Metric[] = metrics.filter((metric) => metric.endpoint !== undefined);

export function findMetric(id: string): Metric | undefined {
  return metrics.find((metric) => metric.id === id);
}

function rank({ endpoint, isExact }: Metric): number {
  if (endpoint !== undefined) return Number(endpoint.slice(1));
  return isExact === true ? 100 : 200;
}
