// Resource use of a process between two moments: the saved form of the readings of process-use.ts.

import { z } from 'zod';

const count = z.int().nonnegative();

/** Resource use of one process, read by itself at both edges of the window. */
export const processUseSchema = z.object({
  wallNs: z.number().positive(),
  cpuUserNs: z.number().nonnegative(),
  cpuSystemNs: z.number().nonnegative(),
  /** Event-loop utilisation, 0–1, over the window, and its highest 1 s slice. */
  eventLoopUtilisation: z.number(),
  eventLoopUtilisationMax: z.number(),
  /** Time in garbage collection within the window, by kind. */
  gcMinorNs: z.number().nonnegative(),
  gcMajorNs: z.number().nonnegative(),
  gcOtherNs: z.number().nonnegative(),
  /** Time runnable but not running, from schedstat. */
  runDelayNs: z.number().nonnegative().optional(),
  /** How late this process's own timer ran, weighted by time. */
  tickLatenessP50Ns: z.number().optional(),
  tickLatenessP99Ns: z.number().optional(),
  heapUsedBytes: count,
  externalBytes: count,
});
