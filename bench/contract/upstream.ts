// Sources of tokens, and the messages between the orchestrator and a process that simulates a
// model.

import { z } from 'zod';
import { processUseSchema } from './process-use-schema.ts';

export const sources = {
  timer:
    'a timer in the server process: nothing but the transport is between a due token and its socket',
  upstream:
    'a process that stands for the model writes each token to the server, which relays it as it reads it, as a gateway does',
} as const satisfies Record<string, string>;

export type SourceName = keyof typeof sources;

/** Counts of one upstream process. */
export const upstreamTallySchema = z.object({
  /** Resource use over the window, not included in the server's. */
  use: processUseSchema,
  /** Tokens written from T0 to the end. */
  tokensWritten: z.int().nonnegative(),
});

export const toUpstreamSchema = z.discriminatedUnion('kind', [
  /** The window as in the trial's specification. */
  z.object({
    kind: z.literal('generate'),
    socketPath: z.string(),
    warmupNs: z.number().nonnegative(),
    windowNs: z.number().positive(),
  }),
  z.object({ kind: z.literal('start'), epochNs: z.string() }),
  z.object({ kind: z.literal('stop') }),
]);

export const fromUpstreamSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generating') }),
  z.object({ kind: z.literal('tally'), tally: upstreamTallySchema }),
]);

export type UpstreamTally = z.infer<typeof upstreamTallySchema>;
export type ToUpstream = z.infer<typeof toUpstreamSchema>;
export type FromUpstream = z.infer<typeof fromUpstreamSchema>;
