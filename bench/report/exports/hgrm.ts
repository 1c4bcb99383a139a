// Percentile distributions as HdrHistogram prints them (.hgrm), for plotFiles.html, hdr-plot and
// gnuplot. Two things follow from how those read a file. It holds one distribution, since several
// would be drawn as one line: a row is the median over trials of a quantile that is exact within
// each trial, never a quantile of pooled trials. And all files have the same rows up to where they
// end, since plotFiles.html takes the percentiles of all files from the first.

import { strict as assert } from 'node:assert';
import { selectMeasured, type MeasuredArm } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';
import { isQuantileSupported } from '../../analysis/statistics/rank-interval.ts';
import { quantileGrid, type Distribution } from '../../contract/distribution.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import type { SavedRun } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';

export interface HistogramFile {
  /** Within the run folder: `histograms/sse-100-delivery.hgrm`. */
  readonly file: string;
  readonly text: string;
}

/**
 * Delivery latency, from when a token was due, in ms: one file for each arm and load point that has
 * a completed trial.
 */
export function renderHistograms(run: SavedRun): readonly HistogramFile[] {
  return selectMeasured(run).flatMap(({ loadPoint, arms }) =>
    arms.flatMap((arm) => {
      const distributions = arm.completed.flatMap(
        (trial) => trial.distributions.deliveryScheduledNs ?? [],
      );
      if (distributions.length === 0) return [];
      const file = `histograms/${fileName(arm)}-${loadPointKey(loadPoint).replaceAll(' ', '-')}-delivery.hgrm`;
      const source = `${run.header.streamduel}, run ${run.header.name} of ${run.header.startedAt}, arm ${arm.name}, ${loadPoint.fault === undefined ? `${loadPoint.connections} connections` : loadPointTitle(loadPoint)}`;
      return [{ file, text: renderDistribution(distributions, source) }];
    }),
  );
}

function fileName({ name }: MeasuredArm): string {
  return name.replaceAll(/[^\w.@+-]/g, '-');
}

function renderDistribution(distributions: readonly Distribution[], source: string): string {
  const last = lastSupported(distributions);
  const count = Math.round(medianOf(distributions, (one) => one.count));
  const at = (index: number): number =>
    medianOf(distributions, (one) => one.values[index] as number);
  const maximum = at(quantileGrid.length - 1);
  const rows = quantileGrid
    .slice(0, last + 1)
    .map((q, index) => renderRow({ value: at(index), q, count }));
  const lines = [
    `#[Delivery latency in ms, from when a token was due to its receipt; streamduel ${source}]`,
    `#[Each number is the median over ${distributions.length} trials; TotalCount is of one trial; trials are not pooled]`,
    '#[StdDeviation is approximated from the quantiles that a run keeps; Buckets are the steps between them]',
    `${'Value'.padStart(12)} ${'Percentile'.padStart(14)} ${'TotalCount'.padStart(10)} 1/(1-Percentile)`,
    '',
    ...rows,
    renderRow({ value: maximum, q: 1, count }),
    `#[Mean    = ${milliseconds(medianOf(distributions, (one) => one.mean))}, StdDeviation   = ${milliseconds(medianOf(distributions, deviationOf))}]`,
    `#[Max     = ${milliseconds(maximum)}, Total count    = ${String(count).padStart(12)}]`,
    `#[Buckets = ${String(quantileGrid.length - 1).padStart(12)}, SubBuckets     = ${'1'.padStart(12)}]`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Index of the highest quantile below the maximum that most of the trials have enough independent
 * samples for.
 */
function lastSupported(distributions: readonly Distribution[]): number {
  return quantileGrid.findLastIndex((q) => {
    const supporting = distributions.filter(({ effectiveCount }) =>
      isQuantileSupported(q, effectiveCount),
    );
    return q < 1 && supporting.length * 2 > distributions.length;
  });
}

function medianOf(
  distributions: readonly Distribution[],
  of: (distribution: Distribution) => number,
): number {
  const middle = median(distributions.map(of));
  assert(middle !== undefined, 'a distribution is rendered from at least one trial');
  return middle;
}

/** The last row has no fourth column, as HdrHistogram leaves it: 1/(1 − 1). */
function renderRow({
  value,
  q,
  count,
}: {
  readonly value: number;
  readonly q: number;
  readonly count: number;
}): string {
  const rank = Math.max(1, Math.ceil(q * count));
  const inverse = q === 1 ? '' : ` ${(1 / (1 - q)).toFixed(2).padStart(14)}`;
  return `${milliseconds(value)} ${q.toFixed(12)} ${String(rank).padStart(10)}${inverse}`;
}

/** Precise to the nanosecond. */
function milliseconds(ns: number): string {
  return (ns / NS_PER_MS).toFixed(6).padStart(12);
}

/**
 * Standard deviation, with samples in the middle between the two quantiles around them, as
 * HdrHistogram counts those of a bucket.
 */
function deviationOf({ values }: Distribution): number {
  const steps = quantileGrid.slice(1).map((q, index) => ({
    share: q - (quantileGrid[index] as number),
    middle: ((values[index] as number) + (values[index + 1] as number)) / 2,
  }));
  const mean = steps.reduce((sum, { share, middle }) => sum + share * middle, 0);
  return Math.sqrt(steps.reduce((sum, { share, middle }) => sum + share * (middle - mean) ** 2, 0));
}
