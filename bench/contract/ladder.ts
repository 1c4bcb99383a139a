// Scenario `memory`: one trial climbs a ladder of connections and comes down again, and on each rung memory is read from
// outside (/proc) and from inside. The slope over the rungs is what a connection costs; see timetable.ts for when what is due.

import { z } from 'zod';

const bytes = z.number().nonnegative();

export const ladderPlanSchema = z.object({
  /** Connections on the way up, rising; and on the way down, falling. Each way is read on every rung. */
  rungs: z.array(z.int().min(1)).min(2),
  downRungs: z.array(z.int().nonnegative()),
  /** New connections open at this rate, all load processes together. */
  opensPerSecond: z.number().positive(),
  /** How long a rung streams, and how long it is silent for collection and reading after it. */
  streamNs: z.number().positive(),
  quietNs: z.number().positive(),
});

/** A server's own account at one moment. */
export const ladderReadingSchema = z.object({
  /** The process's clock, ns since T0. */
  atNs: z.number(),
  cpuNs: z.number().nonnegative(),
  tokensWritten: z.int().nonnegative(),
  openStreams: z.int().nonnegative(),
  /** Share of the time since the last such reading in which the event loop did not wait; undefined for the first. */
  utilisation: z.number().optional(),
  heapUsedBytes: bytes,
  externalBytes: bytes,
  arrayBuffersBytes: bytes,
});

export type LadderPlan = z.infer<typeof ladderPlanSchema>;
export type LadderReading = z.infer<typeof ladderReadingSchema>;

/** Of a process, or added up over several, at one moment. */
const footprintSchema = z.object({
  rssBytes: bytes,
  pssBytes: bytes.optional(),
  ussBytes: bytes.optional(),
});

const rungSchema = z.object({
  /** Streams that were open, as planned; 0 before the first. */
  connections: z.int().nonnegative(),
  way: z.enum(['up', 'down']),
  /** After full collections, while nothing is sent: medians of several readings, over all server processes. */
  retained: z.object({ ...footprintSchema.shape, heapUsedBytes: bytes, externalBytes: bytes, arrayBuffersBytes: bytes }).optional(),
  /** While the rung streams, without forced collection: mean of several readings. */
  streaming: footprintSchema.optional(),
  /** Of the servers over the rung's streaming time. */
  use: z
    .object({ wallNs: z.number().positive(), cpuNs: z.number(), tokens: z.int().nonnegative(), utilisation: z.number().optional() })
    .optional(),
  /** Both ends are on this host: these are of both. Undefined where the machine does not say. */
  kernel: z.object({ tcpBytes: bytes.optional(), slabBytes: bytes.optional(), queuedBytes: bytes.optional() }),
  /** Of the load processes. */
  client: footprintSchema.optional(),
});

export const ladderRecordSchema = z.object({ rungs: z.array(rungSchema) });

export type Footprint = z.infer<typeof footprintSchema>;
export type Rung = z.infer<typeof rungSchema>;
export type LadderRecord = z.infer<typeof ladderRecordSchema>;
