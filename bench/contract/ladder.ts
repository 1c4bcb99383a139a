// Scenario `memory`: one trial climbs a ladder of connections and comes down again, and on each rung memory is read from
// outside (/proc) and from inside. All of it happens by a timetable that is planned beforehand: nothing waits for anything.

import { z } from 'zod';
import type { Timetable } from './timetable.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const bytes = z.number().nonnegative();

export const ladderPlanSchema = z.object({
  /** Connections on the way up, rising; each rung streams and is read. */
  rungs: z.array(z.int().min(1)).min(2),
  /** Connections on the way down, falling to 0; these are read, but do not stream. */
  downRungs: z.array(z.int().nonnegative()).min(1),
  /** New connections open at this rate, all load processes together; on the way down they end at it. */
  opensPerSecond: z.number().positive(),
  /** How long a rung streams. */
  streamNs: z.number().positive(),
  /** How long a rung is silent for collections and readings, and how much longer for each of its connections: a big heap takes longer to collect. */
  quietNs: z.number().positive(),
  quietPerConnectionNs: z.number().nonnegative(),
});

/** A server's own account at one moment. */
export const ladderReadingSchema = z.object({
  /** The process's clock, ns since T0. */
  atNs: z.number(),
  cpuNs: z.number().nonnegative(),
  /** Since T0. */
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
  /** Streams that were open, as planned; 0 before the first and after the last. */
  connections: z.int().nonnegative(),
  way: z.enum(['up', 'down']),
  /** After full collections, while nothing is sent: medians of several readings, over all server processes. */
  retained: z.object({ ...footprintSchema.shape, heapUsedBytes: bytes, externalBytes: bytes, arrayBuffersBytes: bytes }).optional(),
  /** While the rung streams, without forced collection: mean of several readings, over all server processes. */
  streaming: footprintSchema.optional(),
  /** Of the servers over the rung's streaming time; `utilisation` is that of the busiest. */
  use: z
    .object({ wallNs: z.number().positive(), cpuNs: z.number(), tokens: z.int().nonnegative(), utilisation: z.number().optional() })
    .optional(),
  /** In the same silence. Undefined where the machine does not say. */
  kernel: z.object({
    /** Charged to the servers' sockets: what is queued in them, and what they have in reserve. */
    socketBytes: bytes.optional(),
    /** Of the whole machine, and so of both ends: slabs of sockets, their inodes and files, and of what epoll knows of them. */
    slabBytes: bytes.optional(),
    /** Of the whole machine: buffers of all TCP sockets, with up to 1 MiB a CPU that none of them has. */
    tcpBytes: bytes.optional(),
    /** TCP sockets of the whole machine. */
    sockets: z.int().nonnegative().optional(),
  }),
  /** Of the load processes, which are not told to collect. */
  client: footprintSchema.optional(),
});

export const ladderRecordSchema = z.object({ rungs: z.array(rungSchema) });

export type Footprint = z.infer<typeof footprintSchema>;
export type Rung = z.infer<typeof rungSchema>;
export type LadderRecord = z.infer<typeof ladderRecordSchema>;

/** When a rung opens, or closes, streams and is read: ns since T0, in this order. */
export interface LadderStep {
  readonly connections: number;
  readonly way: Rung['way'];
  readonly openFromNs: number;
  readonly openToNs: number;
  /** Equal where the rung does not stream. */
  readonly streamFromNs: number;
  readonly streamToNs: number;
  /** The silence, in which servers collect and memory is read, begins when streaming ends. */
  readonly quietToNs: number;
}

/** The last handshakes and goodbyes are over by then, and their cost is not taken for that of tokens. */
const SETTLE_NS = 100 * NS_PER_MS;

/** Rung 0 first, which only is read: no stream has been open yet but those of the rehearsal. */
export function ladderSteps(plan: LadderPlan): readonly LadderStep[] {
  const rungs = [
    { connections: 0, way: 'up', streamNs: 0 } as const,
    ...plan.rungs.map((connections) => ({ connections, way: 'up', streamNs: plan.streamNs }) as const),
    ...plan.downRungs.map((connections) => ({ connections, way: 'down', streamNs: 0 }) as const),
  ];
  const steps: LadderStep[] = [];
  for (const { connections, way, streamNs } of rungs) {
    const { connections: before, quietToNs: openFromNs } = steps.at(-1) ?? { connections: 0, quietToNs: 0 };
    const openToNs = openFromNs + Math.round((Math.abs(connections - before) / plan.opensPerSecond) * NS_PER_S);
    const streamFromNs = openToNs + SETTLE_NS;
    const streamToNs = streamFromNs + streamNs;
    // Where connections have just ended the heap still holds most of what they had.
    const quietToNs = streamToNs + plan.quietNs + Math.round(plan.quietPerConnectionNs * Math.max(connections, before));
    steps.push({ connections, way, openFromNs, openToNs, streamFromNs, streamToNs, quietToNs });
  }
  return steps;
}

/** On the way down the youngest streams end, whole; the last rung ends all. */
export function ladderTimetable(plan: LadderPlan): Timetable {
  const [, ...steps] = ladderSteps(plan);
  return {
    isBroadcast: false,
    phases: steps.map(({ connections, openFromNs, openToNs, streamFromNs, streamToNs }) => ({
      connections,
      openFromNs,
      openToNs,
      streamFromNs,
      streamToNs,
    })),
  };
}
