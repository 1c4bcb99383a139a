// How the streams of a trial arrived, by the stamps of its load process: how late each start was,
// how unequal the gaps were, and how many streams were open at once.

import type { ArrivalsRecord } from '../contract/arrivals-record.ts';
import type { ArrivingStream } from '../contract/arrivals.ts';
import type { StampColumns } from '../contract/stamps.ts';
import { NS_PER_S } from '../contract/units.ts';
import { nearestRank } from './statistics/quantile.ts';
import { sortNumbers } from './statistics/sort-numbers.ts';

interface ArrivalStamps {
  readonly streams: readonly ArrivingStream[];
  /** `startNs` and `endNs` by stream; NaN when never taken. */
  readonly client: StampColumns;
  readonly windowStartNs: number;
  readonly windowEndNs: number;
}

/** Fewer say nothing about how unequal gaps are. */
const LEAST_GAPS = 20;

export function arrivalsOfTrial(stamps: ArrivalStamps): ArrivalsRecord {
  const { streams, windowStartNs, windowEndNs } = stamps;
  const startNs = stamps.client['startNs'] ?? new Float64Array();
  const isInside = (ns: number): boolean => ns >= windowStartNs && ns < windowEndNs;
  const planned = streams.flatMap((stream, index) => (isInside(stream.startNs) ? [index] : []));
  const issued = planned.filter((stream) => !Number.isNaN(startNs[stream]));
  const issuedNs = sortNumbers(Float64Array.from(issued, (stream) => startNs[stream] as number));
  const lagsNs = Float64Array.from(
    issued,
    (stream) => (startNs[stream] as number) - (streams[stream] as ArrivingStream).startNs,
  );
  const cut = streams.filter(({ cutTokens }) => cutTokens > 0);
  const variation = variationOfGaps(issuedNs);
  const lagP99Ns = lagsNs.length === 0 ? undefined : nearestRank(sortNumbers(lagsNs), 0.99);
  return {
    windowStarts: issued.length,
    startsPerSecond: (issued.length * NS_PER_S) / (windowEndNs - windowStartNs),
    ...(variation !== undefined && { gapVariation: variation }),
    ...(lagP99Ns !== undefined && { startLagP99Ns: lagP99Ns }),
    mostAtOnce: countMostAtOnce(startNs, stamps),
    cutStreams: cut.length,
    cutTokens: cut.reduce((sum, { cutTokens }) => sum + cutTokens, 0),
  };
}

/** Standard deviation of the gaps over their mean. */
function variationOfGaps(sortedNs: Float64Array): number | undefined {
  const gaps = sortedNs.subarray(1).map((ns, index) => ns - (sortedNs[index] as number));
  if (gaps.length < LEAST_GAPS) return undefined;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / (gaps.length - 1);
  return mean > 0 ? Math.sqrt(variance) / mean : undefined;
}

/** Streams open at one moment of the window: begun and not ended; a start counts before an end. */
function countMostAtOnce(
  startNs: Float64Array,
  { client, windowStartNs, windowEndNs }: ArrivalStamps,
): number {
  const endNs = client['endNs'] ?? new Float64Array();
  const changes: (readonly [ns: number, by: number])[] = [];
  for (const [stream, ns] of startNs.entries()) {
    const end = endNs[stream] ?? Number.NaN;
    if (Number.isNaN(ns) || ns >= windowEndNs || end < windowStartNs) continue;
    changes.push([Math.max(ns, windowStartNs), 1]);
    if (!Number.isNaN(end)) changes.push([end, -1]);
  }
  changes.sort(([one, by], [other, otherBy]) => one - other || otherBy - by);
  let [open, most] = [0, 0];
  for (const [, by] of changes) most = Math.max(most, (open += by));
  return most;
}
