// What a server says of the turns of scenario `turns` that it took: its part of the proof that both
// sides had the same conversation.

import { z } from 'zod';

const count = z.int().nonnegative();

/** One turn as the server took it. */
const servedTurnSchema = z.object({
  id: z.string(),
  /** The JSON that arrived, without any framing. */
  bodyBytes: count,
  /** Items of the whole context, and its digest. */
  items: count,
  digest: z.string(),
});

/** Counts of a server, of the trial without its warm-up. */
export const servedTurnsSchema = z.object({
  turns: z.array(servedTurnSchema),
  refused: z.record(z.string(), count),
  /** Conversations that it still kept at the end, and turns that still ran. */
  conversationsKept: count,
  turnsRunning: count,
});

export type ServedTurn = z.infer<typeof servedTurnSchema>;
export type ServedTurns = z.infer<typeof servedTurnsSchema>;
