// Loads as shares of what the weaker arm carries, and the pilot that found it: saved with the plan, so that a reader sees at
// which part of its capacity each number was taken.

import { z } from 'zod';

/** One short trial of the pilot. */
const pilotTrialSchema = z.object({
  arm: z.string(),
  streams: z.int().min(1),
  /** CPU time per time, of one server process and of one load process: unlike the utilisation of an event loop, what other programs take is not in it. */
  serverCpuShare: z.number().nonnegative(),
  clientCpuShare: z.number().nonnegative(),
});

export type PilotTrial = z.infer<typeof pilotTrialSchema>;

export const loadPilotSchema = z.object({
  /** Streams that the weaker arm carries, rounded to two digits. */
  carriedStreams: z.int().min(1),
  /** Empty where the number was given by --carries. */
  trials: z.array(pilotTrialSchema),
});
