// Scenario `completions`: whole streams one after another on each connection, as fast as they come.
// In a closed loop a slow server gets fewer requests, so the measure is throughput, and not how
// long a user would have waited.

import { z } from 'zod';
import { processUseSchema } from './process-use-schema.ts';
import { serverTallySchema } from './tally.ts';

const count = z.int().nonnegative();

/** Parameters of each request; its seed follows from the connection and the turn. */
export const completionsPlanSchema = z.object({
  tokensPerStream: z.int().min(2),
  /** Rate of one stream; a rate that no server can keep makes it stream as fast as it can. */
  tokensPerSecond: z.number().positive(),
});

const errorSchema = z.object({ cause: z.string(), count, example: z.string() });

/** Counts of the whole trial, unless stated otherwise. */
export const completionsTallySchema = z.object({
  node: z.string(),
  /** Resource use in the window. */
  use: processUseSchema,
  streamsAsked: count,
  /** Streams received to their ends and verified. */
  streamsWhole: count,
  /** Streams in progress when the load ended, and cut. */
  streamsAbandoned: count,
  errors: z.array(errorSchema),
  /**
   * Tokens lost, duplicated, reordered or corrupt, and hashes that differ; absent when single
   * tokens are not checked.
   */
  tokenFaults: count.optional(),
  /**
   * Bytes on the sockets of whole streams beside those that the byte model predicts; absent when
   * heads are not counted.
   */
  bytesBesideModel: count.optional(),
});

/**
 * Columns of the load process's stamps, one row a whole stream in order of their ends: ns since T0,
 * and bytes received.
 */
export const completionColumns = ['requestNs', 'endNs', 'bytesRead'] as const;

export const completionsRecordSchema = z.object({
  /** Streams that ended whole in the window, with their tokens and all bytes received for them. */
  streams: count,
  tokens: count,
  bytesRead: count,
  client: completionsTallySchema,
  server: serverTallySchema,
});

export type CompletionsPlan = z.infer<typeof completionsPlanSchema>;
export type CompletionsTally = z.infer<typeof completionsTallySchema>;
