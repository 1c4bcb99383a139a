// Scenario `memory`: one trial climbs a ladder of connections and comes down again, and on each
// rung memory is read from outside (/proc) and from inside. Everything follows a timetable that is
// planned beforehand: no step waits for another.

import { z } from 'zod';
import type { Timetable } from './timetable.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const bytes = z.number().nonnegative();

export const ladderPlanSchema = z.object({
  /** Connections on the way up, rising; each rung streams and is read. */
  rungs: z.array(z.int().min(1)).min(2),
  /** Connections on the way down, falling to 0; these are read, but do not stream. */
  downRungs: z.array(z.int().nonnegative()).min(1),
  /**
   * Rate of new connections, all load processes together; on the way down connections close at this
   * rate.
   */
  opensPerSecond: z.number().positive(),
  /** How long a rung streams. */
  streamNs: z.number().positive(),
  /**
   * Silence of a rung for collections and readings, and what each connection adds to it: a big heap
   * takes longer to collect.
   */
  quietNs: z.number().positive(),
  quietPerConnectionNs: z.number().nonnegative(),
});

/** Resource use at one moment, as reported by a server itself. */
export const ladderReadingSchema = z.object({
  /** The process's clock, ns since T0. */
  atNs: z.number(),
  cpuNs: z.number().nonnegative(),
  /** Tokens written since T0. */
  tokensWritten: z.int().nonnegative(),
  openStreams: z.int().nonnegative(),
  /** Event-loop utilisation since the last such reading, 0–1; undefined for the first. */
  utilisation: z.number().optional(),
  heapUsedBytes: bytes,
  externalBytes: bytes,
  arrayBuffersBytes: bytes,
});

export type LadderPlan = z.infer<typeof ladderPlanSchema>;
export type LadderReading = z.infer<typeof ladderReadingSchema>;

/** Memory of a process, or summed over several, at one moment. */
const footprintSchema = z.object({
  rssBytes: bytes,
  pssBytes: bytes.optional(),
  ussBytes: bytes.optional(),
});

const rungSchema = z.object({
  /** Open streams, as planned; 0 before the first and after the last. */
  connections: z.int().nonnegative(),
  way: z.enum(['up', 'down']),
  /**
   * Memory after full collections, while nothing is sent: medians of several readings, over all
   * server processes.
   */
  retained: z
    .object({
      ...footprintSchema.shape,
      heapUsedBytes: bytes,
      externalBytes: bytes,
      arrayBuffersBytes: bytes,
    })
    .optional(),
  /**
   * Memory while the rung streams, without forced collection: mean of several readings, over all
   * server processes.
   */
  streaming: footprintSchema.optional(),
  /**
   * Resource use of the servers over the rung's streaming time; `utilisation` is that of the
   * busiest.
   */
  use: z
    .object({
      wallNs: z.number().positive(),
      cpuNs: z.number(),
      tokens: z.int().nonnegative(),
      utilisation: z.number().optional(),
    })
    .optional(),
  /**
   * Kernel memory in the same silence. Fields are undefined when the kernel does not report them.
   */
  kernel: z.object({
    /** Memory charged to the servers' sockets: queued data and reserve. */
    socketBytes: bytes.optional(),
    /**
     * Slabs of the whole machine, and so of both ends: sockets, their inodes and files, and their
     * epoll items.
     */
    slabBytes: bytes.optional(),
    /**
     * Buffers of all TCP sockets of the whole machine, with up to 1 MiB a CPU that belongs to no
     * socket.
     */
    tcpBytes: bytes.optional(),
    /** TCP sockets of the whole machine. */
    sockets: z.int().nonnegative().optional(),
  }),
  /** Memory of the load processes, without forced collection. */
  client: footprintSchema.optional(),
});

export const ladderRecordSchema = z.object({ rungs: z.array(rungSchema) });

export type Footprint = z.infer<typeof footprintSchema>;
export type Rung = z.infer<typeof rungSchema>;
export type LadderRecord = z.infer<typeof ladderRecordSchema>;

/**
 * Times at which a rung opens or closes connections, streams and is read: ns since T0, in this
 * order.
 */
export interface LadderStep {
  readonly connections: number;
  readonly way: Rung['way'];
  readonly openFromNs: number;
  readonly openToNs: number;
  /** Equal to `streamToNs` when the rung does not stream. */
  readonly streamFromNs: number;
  readonly streamToNs: number;
  /**
   * End of the silence in which servers collect and memory is read; it begins when streaming ends.
   */
  readonly quietToNs: number;
}

/**
 * Wait until the last connections have opened and closed, so that their cost is not attributed to
 * tokens.
 */
const SETTLE_NS = 100 * NS_PER_MS;

/**
 * Begins with rung 0, which is only read: no stream has been open yet but those of the rehearsal.
 */
export function ladderSteps(plan: LadderPlan): readonly LadderStep[] {
  const rungs = [
    { connections: 0, way: 'up', streamNs: 0 } as const,
    ...plan.rungs.map(
      (connections) => ({ connections, way: 'up', streamNs: plan.streamNs }) as const,
    ),
    ...plan.downRungs.map((connections) => ({ connections, way: 'down', streamNs: 0 }) as const),
  ];
  const steps: LadderStep[] = [];
  for (const { connections, way, streamNs } of rungs) {
    const { connections: before, quietToNs: openFromNs } = steps.at(-1) ?? {
      connections: 0,
      quietToNs: 0,
    };
    const openToNs =
      openFromNs + Math.round((Math.abs(connections - before) / plan.opensPerSecond) * NS_PER_S);
    const streamFromNs = openToNs + SETTLE_NS;
    const streamToNs = streamFromNs + streamNs;
    // When connections have just ended, the heap still holds most of their memory.
    const quietToNs =
      streamToNs +
      plan.quietNs +
      Math.round(plan.quietPerConnectionNs * Math.max(connections, before));
    steps.push({ connections, way, openFromNs, openToNs, streamFromNs, streamToNs, quietToNs });
  }
  return steps;
}

/** On the way down the youngest streams end first, complete; the last rung ends all. */
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
