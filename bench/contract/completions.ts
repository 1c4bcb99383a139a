// Scenario `completions`: whole streams one after another on each connection, as fast as they come. A closed loop: a server
// that is slow is asked less, so what is counted here is how much was done, and not how long anybody would have waited.

import { z } from 'zod';
import { processUseSchema } from './process-use-schema.ts';
import { serverTallySchema } from './tally.ts';

const count = z.int().nonnegative();

/** What each request asks for; its seed follows from the connection and the turn. */
export const completionsPlanSchema = z.object({
  tokensPerStream: z.int().min(2),
  /** Of one stream; a rate that no server keeps makes it stream as fast as it can. */
  tokensPerSecond: z.number().positive(),
});

const errorSchema = z.object({ cause: z.string(), count, example: z.string() });

/** Of the whole trial, where not stated otherwise. */
export const completionsTallySchema = z.object({
  node: z.string(),
  /** Of the window. */
  use: processUseSchema,
  streamsAsked: count,
  /** Received to their ends and found to be what was asked for. */
  streamsWhole: count,
  /** Under way when the load ended, and cut. */
  streamsAbandoned: count,
  errors: z.array(errorSchema),
  /** Tokens lost, duplicated, reordered or corrupt, and hashes that differ; absent where single tokens are not looked at. */
  tokenFaults: count.optional(),
  /** Bytes on the sockets of whole streams beside those that the byte model predicts; absent where heads are not counted. */
  bytesBesideModel: count.optional(),
});

/** Columns of the load process's stamps, by whole stream in order of their ends: ns since T0, and bytes received. */
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
