// The canary: ordinary HTTP requests at a low rate beside the streams, sent by autocannon to the server's `/healthz`.

import { z } from 'zod';

export const canaryPlanSchema = z.object({ requestsPerSecond: z.number().positive(), connections: z.int().min(1) });

const readingSchema = z.object({
  requests: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  p50Ns: z.number().optional(),
  p99Ns: z.number().optional(),
  maxNs: z.number().optional(),
});

export const canaryRecordSchema = z.object({
  /** Before the streams begin, with the server rehearsed; and in the window. */
  idle: readingSchema,
  loaded: readingSchema,
});

export type CanaryPlan = z.infer<typeof canaryPlanSchema>;
export type CanaryReading = z.infer<typeof readingSchema>;
export type CanaryRecord = z.infer<typeof canaryRecordSchema>;
