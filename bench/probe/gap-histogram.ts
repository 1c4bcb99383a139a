// The gaps between tokens by size, in steps of 1, 2 and 5, as numbers and as a plot of text.

import { nearestRank } from '../analysis/statistics/quantile.ts';
import { NS_PER_S, NS_PER_US } from '../contract/units.ts';
import { formatCount, formatSetting } from '../report/format.ts';

interface GapBucket {
  /** Gaps of this and more, below `toNs`; both are 0 for tokens of one read. */
  readonly fromNs: number;
  /** Undefined for the last one, which has no end. */
  readonly toNs: number | undefined;
  readonly count: number;
}

export interface Gaps {
  readonly count: number;
  readonly p50Ns: number | undefined;
  readonly p95Ns: number | undefined;
  readonly longestNs: number | undefined;
  /** From the first to the last that is not empty. */
  readonly buckets: readonly GapBucket[];
}

const FIRST_NS = 10 * NS_PER_US;
const LAST_NS = 100 * NS_PER_S;

const edges = makeEdges();

function makeEdges(): readonly number[] {
  const made: number[] = [];
  for (let decade = FIRST_NS; decade <= LAST_NS; decade *= 10)
    for (const step of [1, 2, 5]) made.push(step * decade);
  return made;
}

/** From each time to the next one, in ascending order of length. */
export function sortedGaps(timesNs: readonly number[]): Float64Array {
  return Float64Array.from(
    timesNs.slice(1),
    (time, index) => time - (timesNs[index] ?? 0),
  ).toSorted();
}

/** @param timesNs Time of each token. */
export function measureGaps(timesNs: readonly number[]): Gaps {
  const gaps = sortedGaps(timesNs);
  return {
    count: gaps.length,
    p50Ns: nearestRank(gaps, 0.5),
    p95Ns: nearestRank(gaps, 0.95),
    longestNs: gaps.at(-1),
    buckets: trimmed(bucketsOf(gaps)),
  };
}

function bucketsOf(gaps: Float64Array): readonly GapBucket[] {
  const zero = { fromNs: 0, toNs: 0, count: gaps.filter((gap) => gap === 0).length };
  const others = [0, ...edges].map((fromNs, index): GapBucket => {
    const toNs = edges[index];
    const isIn = (gap: number): boolean =>
      gap > 0 && gap >= fromNs && (toNs === undefined || gap < toNs);
    return { fromNs, toNs, count: gaps.filter(isIn).length };
  });
  return [zero, ...others];
}

function trimmed(buckets: readonly GapBucket[]): readonly GapBucket[] {
  const isFilled = ({ count }: GapBucket): boolean => count > 0;
  const first = buckets.findIndex(isFilled);
  return first === -1 ? [] : buckets.slice(first, buckets.findLastIndex(isFilled) + 1);
}

/** Eighths of a character, from one on. */
const EIGHTHS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const LABEL_WIDTH = 16;
const COUNT_WIDTH = 7;

/** Lines of at most `width` characters; several empty buckets in a row are one line. */
export function plotGaps({ buckets }: Gaps, width: number): readonly string[] {
  const most = Math.max(1, ...buckets.map(({ count }) => count));
  const room = width - LABEL_WIDTH - COUNT_WIDTH - 2;
  const isEmpty = (index: number): boolean => buckets[index]?.count === 0;
  return buckets.flatMap((bucket, index) => {
    if (isEmpty(index) && isEmpty(index - 1)) return [];
    if (isEmpty(index) && isEmpty(index + 1)) return ['⋮'.padStart(LABEL_WIDTH)];
    const label = labelOf(bucket).padStart(LABEL_WIDTH);
    const count = formatCount(bucket.count).padStart(COUNT_WIDTH);
    return `${label} ${count} ${bar(bucket.count / most, room)}`.trimEnd();
  });
}

function labelOf({ fromNs, toNs }: GapBucket): string {
  if (toNs === 0) return 'in one read';
  if (toNs === undefined) return `${formatSetting(fromNs, 'ns')} and more`;
  if (fromNs === 0) return `below ${formatSetting(toNs, 'ns')}`;
  return `${formatSetting(fromNs, 'ns')} – ${formatSetting(toNs, 'ns')}`;
}

/** Something is shown for every share above 0. */
function bar(share: number, room: number): string {
  const eighths = share === 0 ? 0 : Math.max(1, Math.round(share * room * EIGHTHS.length));
  const whole = Math.floor(eighths / EIGHTHS.length);
  const rest = eighths % EIGHTHS.length;
  return '█'.repeat(whole) + (rest === 0 ? '' : (EIGHTHS[rest - 1] ?? ''));
}
