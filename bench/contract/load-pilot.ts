// Loads as shares of the weaker arm's capacity, and the pilot that found it: saved with the plan,
// so that a reader sees at which share of that capacity each number was measured.

import { z } from 'zod';

/** One short trial of the pilot. */
const pilotTrialSchema = z.object({
  arm: z.string(),
  streams: z.int().min(1),
  /**
   * CPU time per wall time, of one server and of one load process: unlike event-loop utilisation,
   * it excludes other programs.
   */
  serverCpuShare: z.number().nonnegative(),
  clientCpuShare: z.number().nonnegative(),
});

export type PilotTrial = z.infer<typeof pilotTrialSchema>;

export const loadPilotSchema = z.object({
  /** Streams that the weaker arm carries, rounded to two digits. */
  carriedStreams: z.int().min(1),
  /** Empty when the number was given by --carries. */
  trials: z.array(pilotTrialSchema),
});
