// Metrics of steady streams, from which every scenario of such streams takes its own.

import { byteMetrics } from './bytes.ts';
import { canaryMetrics } from './canary.ts';
import { appendMetrics, latencyMetrics } from './latency.ts';
import type { Metric, SteadyMetric } from './metric.ts';
import { inOrder, ofTrials } from './metric-list.ts';
import { replayMetrics } from './replay.ts';
import { betweenMetrics, browserMetrics, resourceMetrics } from './resources.ts';
import { systemCallMetrics } from './system-calls.ts';

/** Endpoints first, in their order; then bytes, then the rest. */
export const steadyMetrics: readonly Metric[] = inOrder(
  ofTrials('completed', [
    ...latencyMetrics,
    ...resourceMetrics,
    ...systemCallMetrics,
    ...byteMetrics,
  ]),
);

/** Only streams that a browser receives have them. */
export const pageMetrics: readonly Metric[] = needing('page', [
  ...appendMetrics,
  ...browserMetrics,
]);

/** Only plans with a real proxy have them. */
export const proxyMetrics: readonly Metric[] = needing('proxy', betweenMetrics);

/** Only plans that send a canary have them. */
export const ordinaryRequestMetrics: readonly Metric[] = needing('canary', canaryMetrics);

/** Only plans whose workload is a recording have them. */
export const ofReplays: readonly Metric[] = needing('replay', replayMetrics);

function needing(
  needs: NonNullable<Metric['needs']>,
  metrics: readonly SteadyMetric[],
): readonly Metric[] {
  return ofTrials('completed', metrics).map((metric) => Object.assign({}, metric, { needs }));
}
