// Defines the loads that a search may try: a geometric grid around its start, so that both arms of
// a block, which begin at the same load, get the same loads and their answers can differ only by
// the measurements.

export interface GridOptions {
  readonly startStreams: number;
  readonly mostStreams: number;
  /** 0.05: each load is 5 % above the one before. */
  readonly width: number;
}

export interface LoadGrid {
  /** Places count from the start, which is place 0. */
  readonly bottom: number;
  readonly top: number;
  readonly streamsAt: (place: number) => number;
  /** The number of places that a factor spans; at least one. */
  readonly placesIn: (factor: number) => number;
}

/** The lowest load of a grid: below it two neighbours would be rounded to one number of streams. */
export function leastStreams(width: number): number {
  return Math.ceil(1 / width);
}

/**
 * The start is moved to the nearest end of the grid when it lies outside. @param options
 * `mostStreams` is not below `leastStreams`.
 */
export function loadGrid({ startStreams, mostStreams, width }: GridOptions): LoadGrid {
  const least = leastStreams(width);
  const start = Math.min(mostStreams, Math.max(least, startStreams));
  const step = Math.log1p(width);
  const streamsAt = (place: number): number => Math.round(start * Math.exp(place * step));
  // Computed before rounding: places less than one stream apart are rounded to one number of
  // streams.
  const bottom = -Math.floor(Math.log(start / least) / step + 1e-9);
  // Rounding may put the outermost place on either side of its bound.
  let top = Math.ceil(Math.log(mostStreams / start) / step) + 1;
  while (top > 0 && streamsAt(top) > mostStreams) top--;
  return {
    bottom,
    top,
    streamsAt,
    placesIn: (factor) => Math.max(1, Math.round(Math.log(factor) / step)),
  };
}

/** `count` loads from `lowest` to `highest` in equal ratios, rounded, each once. */
export function spreadLoads({
  lowest,
  highest,
  count,
}: {
  lowest: number;
  highest: number;
  count: number;
}): number[] {
  const ratio = (highest / lowest) ** (1 / (count - 1));
  return [
    ...new Set(
      Array.from({ length: count }, (_, index) => Math.max(1, Math.round(lowest * ratio ** index))),
    ),
  ];
}
