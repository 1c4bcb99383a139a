// Bencher Metric Format, read by `bencher run --adapter json`. The format has no place for a unit
// or a direction, so the slug of a measure ends with its unit, and whether more is better is for
// the threshold that one sets there. https://bencher.dev/docs/reference/bencher-metric-format

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { trackedEstimates, type ExportContext, type TrackedMetric } from './tracked-estimates.ts';

interface BencherMetric {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

/** Benchmark → measure → mean over trials with its 95 % interval, in the metric's own unit. */
export function renderBencher(context: ExportContext): string {
  const benchmarks: Record<string, Record<string, BencherMetric>> = {};
  for (const { name, metric, estimate } of trackedEstimates(context))
    (benchmarks[name] ??= {})[measureSlug(metric)] = toMetric(estimate);
  return `${JSON.stringify(benchmarks, undefined, 2)}\n`;
}

/** `delivery-p99-ns`, `bytes-token-bytes-per-token`: lower case, dashes, at most 64 characters. */
export function measureSlug({ id, unit }: Pick<TrackedMetric, 'id' | 'unit'>): string {
  return `${id.replaceAll('.', '-')}-${unit.replace('/', '-per-')}`;
}

function toMetric({ value, low, high }: Estimate): BencherMetric {
  return {
    value,
    ...(low !== undefined && { lower_value: low }),
    ...(high !== undefined && { upper_value: high }),
  };
}
