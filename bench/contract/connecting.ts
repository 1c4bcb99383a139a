// How streams get their connections in scenario `connect`: what the processes of a trial are told, and what is saved of it.

import { z } from 'zod';

const count = z.int().nonnegative();

/**
 * - `storm`: all streams begin at one moment, `atNs` after T0, each on a new connection. One that is not accepted `timeoutNs`
 *   later is given up.
 * - `kept`: the streams of a slot run one after another on one connection.
 */
export const connectingSpecificationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('storm'), atNs: z.number().nonnegative(), timeoutNs: z.number().positive() }),
  z.object({ kind: z.literal('kept') }),
]);

/** What became of kept connections: streams that opened one, streams that found one, and those that broke while they waited. */
export const keptTallySchema = z.object({ opened: count, reused: count, lost: count });

/** How one storm went, from the client's stamps; what its streams failed by is in the client's tally. */
export const stormRecordSchema = z.object({
  streams: count,
  accepted: count,
  /** From the first request to the last: how long the load process took to begin. */
  issueNs: z.number().nonnegative(),
  /** From the first request to the last acceptance; absent when none was accepted. */
  spanNs: z.number().nonnegative().optional(),
  /** Some were accepted only after the window, so its account of processor time is not that of the storm. */
  outlastsWindow: z.boolean(),
});

/** The causes by which an open that was refused, and one that took too long, are counted; any other is neither. */
export const OPEN_TIMEOUT = 'open-timeout';
export const refusedCauses: ReadonlySet<string> = new Set(['ECONNREFUSED', 'http-503']);
export const timedOutCauses: ReadonlySet<string> = new Set([OPEN_TIMEOUT, 'ETIMEDOUT']);

export type ConnectingSpecification = z.infer<typeof connectingSpecificationSchema>;
export type KeptTally = z.infer<typeof keptTallySchema>;
export type StormRecord = z.infer<typeof stormRecordSchema>;
