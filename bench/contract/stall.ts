// Receivers that stop reading for good: their choice, their specification, and the server's record
// of them.

import { z } from 'zod';
import { deriveSeed } from './random.ts';

export const stallSpecificationSchema = z.object({
  /** Connections that stop reading, at this moment, ns since T0. */
  connections: z.int().nonnegative(),
  atNs: z.number().nonnegative(),
});

export type StallSpecification = z.infer<typeof stallSpecificationSchema>;

const PAUSE_SEED = 0x70617573;

/**
 * Chooses the streams that stop reading, in rising order: the same ones in every arm of a block.
 */
export function chooseStopped(
  workloadSeed: number,
  options: { readonly streams: number; readonly count: number },
): number[] {
  const { streams, count } = options;
  const drawn = Array.from({ length: streams }, (_, stream) => ({
    stream,
    lot: deriveSeed(workloadSeed, PAUSE_SEED, stream),
  }));
  drawn.sort((a, b) => a.lot - b.lot || a.stream - b.stream);
  return drawn
    .slice(0, count)
    .map(({ stream }) => stream)
    .sort((a, b) => a - b);
}

/**
 * Stopped streams of a trial with this many streams, derived alike by server, client and analysis;
 * empty when all read on.
 */
export function stoppedStreams(
  {
    stall,
    workloadSeed,
  }: { readonly stall?: StallSpecification | undefined; readonly workloadSeed: number },
  streams: number,
): number[] {
  return stall === undefined
    ? []
    : chooseStopped(workloadSeed, { streams, count: stall.connections });
}

const count = z.int().nonnegative();

/** The server's record of one stream whose receiver stopped; times in ns since T0. */
export const stalledStreamSchema = z.object({
  stream: count,
  /** Time at which its socket reported backpressure for the last time and did not drain again. */
  blockedNs: z.number().optional(),
  /**
   * Bytes that the kernel accepted for it from the stop until then, without those queued in the
   * process.
   */
  takenBytes: z.number().optional(),
  /** Time at which it was cut as a slow consumer. */
  cutNs: z.number().optional(),
});

export type StalledStream = z.infer<typeof stalledStreamSchema>;

/** Summary of stopped receivers over the whole trial. */
export const stallRecordSchema = z.object({
  /**
   * Connections that stopped; those of them whose socket reported backpressure, and those that the
   * server cut as slow.
   */
  stopped: count,
  blocked: count,
  cut: count,
  /**
   * Medians over them from the stop: time to backpressure, and to the cut; bytes accepted by the
   * kernel until backpressure.
   */
  toBlockedNs: z.number().optional(),
  toCutNs: z.number().optional(),
  takenBytes: z.number().optional(),
  /**
   * Memory of the server: highest before the stop, highest after it, and at the end of the window.
   */
  rssBeforeBytes: z.number().optional(),
  rssPeakBytes: z.number().optional(),
  rssEndBytes: z.number().optional(),
});

export type StallRecord = z.infer<typeof stallRecordSchema>;
