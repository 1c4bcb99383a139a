// Report of a load process about the browser that received its streams: version, clock bounds, and
// resource use in the window. The stamps of a page are its own `performance.now()`, so they are
// only as good as the bound on its offset.

import { z } from 'zod';

const count = z.int().nonnegative();

/**
 * Bounds on the true origin of the page's clock, relative to the origin that its stamps were
 * converted with.
 */
const originBoundSchema = z.object({ exchanges: count, lowNs: z.number(), highNs: z.number() });

export const browserTallySchema = z.object({
  /** Name and version as the browser reports them, e.g. `HeadlessChrome/140.0.7339.16`. */
  version: z.string(),
  /** Cross-origin isolated pages have a finer clock. */
  isIsolated: z.boolean(),
  /** Smallest step of `performance.now()` that the page saw. */
  resolutionNs: z.number().nonnegative(),
  /** Measured before the first stream and after the last. */
  clock: z.object({ before: originBoundSchema, after: originBoundSchema }),
  /**
   * CPU time of all processes of the browser in the window; the kernel counts it in steps of 10 ms.
   */
  cpuNs: z.number().nonnegative().optional(),
  /** Share of the window in which the main thread of the page ran tasks. */
  mainThreadShare: z.number().nonnegative().optional(),
  /** Most streams that the page had open at once. */
  mostOpenStreams: count,
});

export type OriginBound = z.infer<typeof originBoundSchema>;
export type BrowserTally = z.infer<typeof browserTallySchema>;

/**
 * Largest error of a stamp due to the page's unknown origin: both bounds hold, unless the clock was
 * moved between them.
 */
export function originUncertaintyNs({ before, after }: BrowserTally['clock']): number {
  const lowNs = Math.max(before.lowNs, after.lowNs);
  const highNs = Math.min(before.highNs, after.highNs);
  // The bounds exclude each other: only an interval that covers both is certain.
  if (lowNs > highNs)
    return Math.max(
      ...[before, after].flatMap((bound) => [Math.abs(bound.lowNs), Math.abs(bound.highNs)]),
    );
  return Math.max(Math.abs(lowNs), Math.abs(highNs));
}
