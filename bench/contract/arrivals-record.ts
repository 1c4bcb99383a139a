// How the streams of one trial arrived, from the stamps of the load process and its plan.

import { z } from 'zod';

const count = z.int().nonnegative();

export const arrivalsRecordSchema = z.object({
  /** Starts issued in the window. */
  windowStarts: count,
  startsPerSecond: z.number().nonnegative(),
  /** Coefficient of variation of the gaps between them; absent for fewer than 20 gaps. */
  gapVariation: z.number().nonnegative().optional(),
  /** How late 99 of 100 starts of the window were at most; absent without any. */
  startLagP99Ns: z.number().optional(),
  /** Streams open at once in the window, from request to end. */
  mostAtOnce: count,
  /** Streams of the trial that were planned shorter, since they would outlast it. */
  cutStreams: count,
  cutTokens: count,
});

export type ArrivalsRecord = z.infer<typeof arrivalsRecordSchema>;
