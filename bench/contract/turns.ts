// Scenario `turns`: a client calls a model again and again, and adds the result of a tool each
// time. A trial has one conversation under one set of conditions; all that it sends is planned.

import { z } from 'zod';
import { processUseSchema } from './process-use-schema.ts';
import { relayTallySchema, serverTallySchema } from './tally.ts';
import { turnConditionsSchema } from './turn-conditions.ts';

const count = z.int().nonnegative();
const atNs = z.number();

export const turnsPlanSchema = z.object({
  /** Turns of a conversation, the first included. */
  turns: z.int().min(3),
  /** Text that a client adds in each turn: the result of a tool, or the first question. */
  inputBytes: z.int().min(1),
});

export const turnsSpecificationSchema = z.object({
  ...turnsPlanSchema.shape,
  ...turnConditionsSchema.shape,
});

export type TurnsSpecification = z.infer<typeof turnsSpecificationSchema>;

const errorSchema = z.object({ cause: z.string(), count, example: z.string() });

/** One turn as its client saw it, ns since T0; absent for what did not happen. */
const clientTurnSchema = z.object({
  /** The client begins to render the request. */
  startNs: atNs,
  firstTokenNs: atNs.optional(),
  lastTokenNs: atNs.optional(),
  /** The reply was whole and verified. */
  isWhole: z.boolean(),
  /** Bytes that its socket sent for it, the handshake of a new connection included. */
  bytesUp: count,
});

export const turnsTallySchema = z.object({
  node: z.string(),
  /** Resource use from the first request to the end of the last reply. */
  use: processUseSchema,
  turns: z.array(clientTurnSchema),
  connectionsOpened: count,
  errors: z.array(errorSchema),
  /** Tokens lost, duplicated, reordered or corrupt, and hashes that differ. */
  tokenFaults: count,
  /** Bytes of the replies beside those that the byte model predicts. */
  bytesDownBesideModel: count,
});

export const turnsRecordSchema = z.object({
  client: turnsTallySchema,
  server: serverTallySchema,
  relay: relayTallySchema.optional(),
  /** Bytes that the model predicts for each turn of `client`. */
  bytesUpModel: z.array(count),
});

export type ClientTurn = z.infer<typeof clientTurnSchema>;
export type TurnsTally = z.infer<typeof turnsTallySchema>;
