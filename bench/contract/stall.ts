// Receivers that stop reading for good: what they are told, and what the server made of them.

import { z } from 'zod';

export const stallSpecificationSchema = z.object({
  /** Connections that stop reading, at this moment, ns since T0. */
  connections: z.int().nonnegative(),
  atNs: z.number().nonnegative(),
});

export type StallSpecification = z.infer<typeof stallSpecificationSchema>;

const count = z.int().nonnegative();

/** What became of them, over the whole trial. */
export const stallRecordSchema = z.object({
  /** Connections that stopped; of them those whose socket refused more, and those that the server cut as slow. */
  stopped: count,
  blocked: count,
  cut: count,
  /** Medians over them from the stop: until the socket refused more, and until the cut; bytes that it had taken by then. */
  toBlockedNs: z.number().optional(),
  toCutNs: z.number().optional(),
  takenBytes: z.number().optional(),
  /** Of the server: before the stop, at its highest, and at the end of the window. */
  rssBeforeBytes: z.number().optional(),
  rssPeakBytes: z.number().optional(),
  rssEndBytes: z.number().optional(),
});

export type StallRecord = z.infer<typeof stallRecordSchema>;
