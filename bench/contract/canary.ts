// The canary: ordinary HTTP requests at a low rate beside the streams, sent by autocannon to the
// server's `/healthz`. Their latency shows how long any other work waits for a turn of the server's
// event loop.

import { z } from 'zod';
import { distributionSchema } from './distribution.ts';

/**
 * Each request of a second has a connection of its own, so that a late answer delays no other
 * request.
 */
export const canaryPlanSchema = z.object({ requestsPerSecond: z.int().min(1).max(1000) });

const count = z.int().nonnegative();

/** Requests that were sent within one period. */
const countsSchema = z.object({
  requests: count,
  /** Requests answered with anything but 200, timed out, or lost with their connections. */
  errors: count,
  /**
   * Requests still waiting when the canary ended; each counts among the times with its wait until
   * then, an underestimate.
   */
  unanswered: count,
});

const readingSchema = z.object({
  ...countsSchema.shape,
  /**
   * Time from a request to its whole response, of answered and unanswered ones; absent without any.
   */
  times: distributionSchema.optional(),
});

export const canaryRecordSchema = z.object({
  /** `idle`: before the streams begin, after the server's rehearsal; `loaded`: in the window. */
  idle: readingSchema,
  loaded: readingSchema,
  /**
   * Share of the window in which the canary waited for a CPU, on which the load process runs too;
   * its times include this.
   */
  waitedForCpu: z.number().nonnegative().optional(),
});

const samplesSchema = z.object({
  ...countsSchema.shape,
  timesNs: z.array(z.number().nonnegative()),
});

export const toCanarySchema = z.discriminatedUnion('kind', [
  /** Opens the connections, warms them up, and measures the server while it has no other load. */
  z.object({
    kind: z.literal('read-idle'),
    host: z.string(),
    /** Ports of all servers of the arm; connections are assigned round-robin. */
    ports: z.array(z.int()).min(1),
    requestsPerSecond: canaryPlanSchema.shape.requestsPerSecond,
  }),
  /** Measures the window, then closes the connections. Times in ns after T0. */
  z.object({
    kind: z.literal('read-window'),
    epochNs: z.string(),
    fromNs: z.number(),
    toNs: z.number(),
  }),
]);

export const fromCanarySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('idle') }),
  z.object({
    kind: z.literal('readings'),
    idle: samplesSchema,
    loaded: samplesSchema,
    /** Resource use of the canary's process over the window. */
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
