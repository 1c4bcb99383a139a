// How streams get their connections in scenario `connect`: the specification for the processes of a
// trial, and the saved records.

import { z } from 'zod';

const count = z.int().nonnegative();

/**
 * - `storm`: all streams begin at one moment, `atNs` after T0, each on a new connection. One that
 * is not accepted `timeoutNs`
 * later times out.
 * - `kept`: the streams of a slot run one after another on one connection.
 * - `resumed`: each stream has a connection of its own, which resumes a TLS session.
 */
export const connectingSpecificationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('storm'),
    atNs: z.number().nonnegative(),
    timeoutNs: z.number().positive(),
  }),
  z.object({ kind: z.literal('kept') }),
  z.object({ kind: z.literal('resumed') }),
]);

/**
 * Counts for kept connections: streams that opened one, streams that reused one, and connections
 * lost while idle.
 */
export const keptTallySchema = z.object({ opened: count, reused: count, lost: count });

/** Counts of connections that were to resume a TLS session: those that did, and whole handshakes. */
export const tlsSessionTallySchema = z.object({ resumed: count, whole: count });

/**
 * Result of one storm, from the client's stamps; the causes of failed streams are in the client's
 * tally.
 */
export const stormRecordSchema = z.object({
  streams: count,
  accepted: count,
  /** Time from the first request to the last: how long the load process took to issue them. */
  issueNs: z.number().nonnegative(),
  /** Time from the first request to the last acceptance; absent when none was accepted. */
  spanNs: z.number().nonnegative().optional(),
  /**
   * Some streams were accepted only after the window, so the CPU time of the window is not that of
   * the storm.
   */
  outlastsWindow: z.boolean(),
});

/** Error causes that count an open as refused, or as timed out; any other cause is neither. */
export const OPEN_TIMEOUT = 'open-timeout';
export const refusedCauses: ReadonlySet<string> = new Set(['ECONNREFUSED', 'http-503']);
export const timedOutCauses: ReadonlySet<string> = new Set([OPEN_TIMEOUT, 'ETIMEDOUT']);

export type ConnectingSpecification = z.infer<typeof connectingSpecificationSchema>;
export type KeptTally = z.infer<typeof keptTallySchema>;
export type TlsSessionTally = z.infer<typeof tlsSessionTallySchema>;
export type StormRecord = z.infer<typeof stormRecordSchema>;
