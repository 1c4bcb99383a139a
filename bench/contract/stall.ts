// Receivers that stop reading for good: who they are, what they are told, and what the server made of them.

import { z } from 'zod';
import { deriveSeed } from './random.ts';

export const stallSpecificationSchema = z.object({
  /** Connections that stop reading, at this moment, ns since T0. */
  connections: z.int().nonnegative(),
  atNs: z.number().nonnegative(),
});

export type StallSpecification = z.infer<typeof stallSpecificationSchema>;

const PAUSE_SEED = 0x70617573;

/** Which streams stop reading, in rising order: the same ones in every arm of a block. */
export function chooseStopped(workloadSeed: number, options: { readonly streams: number; readonly count: number }): number[] {
  const { streams, count } = options;
  const drawn = Array.from({ length: streams }, (_, stream) => ({ stream, lot: deriveSeed(workloadSeed, PAUSE_SEED, stream) }));
  drawn.sort((a, b) => a.lot - b.lot || a.stream - b.stream);
  return drawn
    .slice(0, count)
    .map(({ stream }) => stream)
    .sort((a, b) => a - b);
}

/** Of a trial with so many streams, from what server, client and analysis are told alike; empty where all read on. */
export function stoppedStreams(
  { stall, workloadSeed }: { readonly stall?: StallSpecification | undefined; readonly workloadSeed: number },
  streams: number,
): number[] {
  return stall === undefined ? [] : chooseStopped(workloadSeed, { streams, count: stall.connections });
}

const count = z.int().nonnegative();

/** What the server noted of one stream whose receiver stopped; times in ns since T0. */
export const stalledStreamSchema = z.object({
  stream: count,
  /** When its socket refused more for the last time and did not drain again. */
  blockedNs: z.number().optional(),
  /** What the kernel had taken for it from the stop until then. What waited in the process is not in it. */
  takenBytes: z.number().optional(),
  /** When it was cut as a slow consumer. */
  cutNs: z.number().optional(),
});

export type StalledStream = z.infer<typeof stalledStreamSchema>;

/** What became of them, over the whole trial. */
export const stallRecordSchema = z.object({
  /** Connections that stopped; of them those whose socket refused more, and those that the server cut as slow. */
  stopped: count,
  blocked: count,
  cut: count,
  /** Medians over them from the stop: until the socket refused more, and until the cut; bytes that the kernel had taken by then. */
  toBlockedNs: z.number().optional(),
  toCutNs: z.number().optional(),
  takenBytes: z.number().optional(),
  /** Of the server: highest before the stop, highest after it, and at the end of the window. */
  rssBeforeBytes: z.number().optional(),
  rssPeakBytes: z.number().optional(),
  rssEndBytes: z.number().optional(),
});

export type StallRecord = z.infer<typeof stallRecordSchema>;
