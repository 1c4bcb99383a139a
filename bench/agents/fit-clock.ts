// How far one clock is from another through a trial: a straight line (an offset and a drift) is
// fitted through the bounds that exchanges of stamps gave, and what they leave open is its bound.

import { NS_PER_S } from '../contract/units.ts';

/** The clock minus the other lies in [lowNs, highNs] at that moment, ns since T0. */
export interface OffsetBound {
  readonly atNs: number;
  readonly lowNs: number;
  readonly highNs: number;
}

export interface ClockFit {
  /** The offset at a moment, ns since T0. */
  readonly offsetNs: (atNs: number) => number;
  readonly driftPerMillion: number;
  /** The largest error of the line between the first and the last moment asked for. */
  readonly boundNs: number;
  /**
   * The least by which the bounds must be widened for any line to pass through them: 0 for clocks
   * that drift evenly, half of a step for a clock that was stepped.
   */
  readonly deviationNs: number;
}

/** Linux slews a clock by at most 500 ppm (adjtimex(2)), each of the two. */
const MOST_DRIFT = 1e-3;
/** Bounds that are kept: the tightest of each part of the trial. */
const MOST_BOUNDS = 40;
/** Below the resolution of the clock. */
const EXACT_NS = 0.5;
const HALVINGS = 50;

interface Line {
  readonly atZeroNs: number;
  readonly drift: number;
}

/** @param bounds At least one. */
export function fitClock(
  bounds: readonly OffsetBound[],
  { fromNs, toNs }: { readonly fromNs: number; readonly toNs: number },
): ClockFit {
  const [first] = bounds;
  if (first === undefined) throw new RangeError('a clock is fitted to at least one exchange');
  // Offsets may be days, of which only the last microseconds count.
  const baseNs = (first.lowNs + first.highNs) / 2;
  const kept = tightest(bounds).map(({ atNs, lowNs, highNs }) => ({
    atNs,
    lowNs: lowNs - baseNs,
    highNs: highNs - baseNs,
  }));
  const deviationNs = leastWidening(kept);
  const lines = linesThrough(widened(kept, deviationNs + EXACT_NS));
  const [start, end] = [rangeAt(lines, fromNs), rangeAt(lines, toNs)];
  const drift = (end.middleNs - start.middleNs) / (toNs - fromNs);
  return {
    offsetNs: (atNs) => baseNs + start.middleNs + drift * (atNs - fromNs),
    driftPerMillion: drift * 1e6,
    boundNs: Math.max(start.halfNs, end.halfNs) + deviationNs,
    deviationNs,
  };
}

function tightest(bounds: readonly OffsetBound[]): readonly OffsetBound[] {
  const moments = bounds.map(({ atNs }) => atNs);
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  const step = Math.max(1, to - from) / (MOST_BOUNDS - 1);
  const parts = Map.groupBy(bounds, ({ atNs }) => Math.floor((atNs - from) / step));
  const widthOf = ({ lowNs, highNs }: OffsetBound): number => highNs - lowNs;
  return [...parts.values()].map((part) =>
    part.reduce((best, one) => (widthOf(one) < widthOf(best) ? one : best)),
  );
}

function widened(bounds: readonly OffsetBound[], byNs: number): readonly OffsetBound[] {
  return bounds.map(({ atNs, lowNs, highNs }) => ({
    atNs,
    lowNs: lowNs - byNs,
    highNs: highNs + byNs,
  }));
}

function leastWidening(bounds: readonly OffsetBound[]): number {
  if (linesThrough(widened(bounds, EXACT_NS)).length > 0) return 0;
  let [low, high] = [0, Math.max(...bounds.map(({ highNs }) => highNs))];
  high -= Math.min(...bounds.map(({ lowNs }) => lowNs));
  for (let halving = 0; halving < HALVINGS && high - low > EXACT_NS; halving++) {
    const middle = (low + high) / 2;
    if (linesThrough(widened(bounds, middle)).length > 0) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The corners of the set of all lines that pass through the bounds: what is largest or smallest over
 * the set is so at one of them. Each passes through an end of two bounds, or has the most drift.
 */
function linesThrough(bounds: readonly OffsetBound[]): readonly Line[] {
  const ends = bounds.flatMap(({ atNs, lowNs, highNs }) => [
    { atNs, offsetNs: lowNs },
    { atNs, offsetNs: highNs },
  ]);
  const lines: Line[] = [];
  const tryLine = (end: (typeof ends)[number], drift: number): void => {
    const line = { atZeroNs: end.offsetNs - drift * end.atNs, drift };
    if (Math.abs(drift) <= MOST_DRIFT && bounds.every((bound) => passes(line, bound)))
      lines.push(line);
  };
  for (const [index, end] of ends.entries()) {
    for (const drift of [MOST_DRIFT, -MOST_DRIFT]) tryLine(end, drift);
    for (const other of ends.slice(index + 1))
      if (other.atNs !== end.atNs)
        tryLine(end, (other.offsetNs - end.offsetNs) / (other.atNs - end.atNs));
  }
  return lines;
}

/** Room for the rounding of a line that was put through the very ends. */
const ROUNDING_NS = 1e-3;

function passes(line: Line, { atNs, lowNs, highNs }: OffsetBound): boolean {
  const offsetNs = offsetAt(line, atNs);
  return offsetNs >= lowNs - ROUNDING_NS && offsetNs <= highNs + ROUNDING_NS;
}

function offsetAt({ atZeroNs, drift }: Line, atNs: number): number {
  return atZeroNs + drift * atNs;
}

function rangeAt(
  lines: readonly Line[],
  atNs: number,
): { readonly middleNs: number; readonly halfNs: number } {
  const offsets = lines.map((line) => offsetAt(line, atNs));
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  return { middleNs: (least + most) / 2, halfNs: (most - least) / 2 };
}

/** Stamps of a clock, ns since its own T0, on the clock that it was fitted to. */
export function correctStamps(
  columns: Readonly<Record<string, Float64Array>>,
  { offsetNs }: Pick<ClockFit, 'offsetNs'>,
  agreedOffsetNs: number,
): void {
  const atZeroNs = offsetNs(0) - agreedOffsetNs;
  const perNs = (offsetNs(NS_PER_S) - offsetNs(0)) / NS_PER_S;
  for (const column of Object.values(columns))
    for (let index = 0; index < column.length; index++) {
      const stamp = column[index] as number;
      column[index] = stamp - (atZeroNs + perNs * stamp);
    }
}
