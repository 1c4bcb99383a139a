// Scenario `completions`: whole streams one after another on each connection, as fast as they come (a closed loop).

import { z } from 'zod';

const count = z.int().nonnegative();

export const completionsPlanSchema = z.object({
  tokensPerStream: z.int().min(1),
  /** Of one stream; a rate that no server keeps makes it stream as fast as it can. */
  tokensPerSecond: z.number().positive(),
});

export const completionsRecordSchema = z.object({
  /** Who drove it: an HTTP load generator, or the probe. */
  driver: z.enum(['autocannon', 'probe']),
  streamsWhole: count,
  streamsFailed: count,
  failures: z.record(z.string(), count),
  tokens: count,
  bytesRead: count,
  windowNs: z.number().positive(),
  serverCpuNs: z.number(),
  serverUtilisation: z.number(),
  clientUtilisation: z.number(),
});

export type CompletionsPlan = z.infer<typeof completionsPlanSchema>;
export type CompletionsRecord = z.infer<typeof completionsRecordSchema>;
