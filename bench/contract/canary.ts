// The canary: ordinary HTTP requests at a low rate beside the streams, sent by autocannon to the server's `/healthz`. How
// long they wait says how long anything else waits for a turn of the server's event loop.

import { z } from 'zod';
import { distributionSchema } from './distribution.ts';

/** Each request of a second has a connection of its own, so that a late answer delays no other request. */
export const canaryPlanSchema = z.object({ requestsPerSecond: z.int().min(1).max(1000) });

const count = z.int().nonnegative();

/** Requests that were sent within one stretch of time. */
const countsSchema = z.object({
  requests: count,
  /** Answered with anything but 200, timed out, or lost with their connections. */
  errors: count,
  /** Still waiting when the canary ended; each counts among the times with what it had waited by then, which is too little. */
  unanswered: count,
});

const readingSchema = z.object({
  ...countsSchema.shape,
  /** From the request to its whole answer, of answered and unanswered ones; absent without any. */
  times: distributionSchema.optional(),
});

export const canaryRecordSchema = z.object({
  /** Before the streams begin, with the server rehearsed; and in the window. */
  idle: readingSchema,
  loaded: readingSchema,
  /** Share of the window in which the canary waited for a CPU, on which the load process runs too: that is in its times. */
  waitedForCpu: z.number().nonnegative().optional(),
});

const samplesSchema = z.object({ ...countsSchema.shape, timesNs: z.array(z.number().nonnegative()) });

export const toCanarySchema = z.discriminatedUnion('kind', [
  /** Opens its connections, warms them up, and reads the server while nothing else is asked of it. */
  z.object({
    kind: z.literal('read-idle'),
    host: z.string(),
    /** Of all servers of the arm; connections go round them. */
    ports: z.array(z.int()).min(1),
    requestsPerSecond: canaryPlanSchema.shape.requestsPerSecond,
  }),
  /** Reads the window, then closes its connections. Times in ns after T0. */
  z.object({ kind: z.literal('read-window'), epochNs: z.string(), fromNs: z.number(), toNs: z.number() }),
]);

export const fromCanarySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({
    kind: z.literal('readings'),
    idle: samplesSchema,
    loaded: samplesSchema,
    /** Of the canary's process, over the window. */
    cpuNs: z.number().nonnegative(),
    runDelayNs: z.number().nonnegative().optional(),
    wallNs: z.number().positive(),
  }),
]);

export type CanaryPlan = z.infer<typeof canaryPlanSchema>;
export type CanaryReading = z.infer<typeof readingSchema>;
export type CanaryRecord = z.infer<typeof canaryRecordSchema>;
/** Times in order of the requests, in ns. */
export type CanarySamples = z.infer<typeof samplesSchema>;
export type ToCanary = z.infer<typeof toCanarySchema>;
export type FromCanary = z.infer<typeof fromCanarySchema>;
export type CanaryReadings = Extract<FromCanary, { kind: 'readings' }>;
