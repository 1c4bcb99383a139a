// One turn of a conversation as it travels up: the same JSON in the body of a POST and in a message
// of a WebSocket, in the form of OpenAI's Responses API (`response.create`). What a server answers
// to a turn that it does not take is here, too, because both twins must answer alike.

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MIB } from './units.ts';

/** Path of a turn by POST, and of a WebSocket that carries turn after turn. */
export const TURNS_PATH = '/v1/turns';

/** Limit of one request, and of the context that a server keeps for a conversation. */
export const MOST_TURN_BYTES = MIB;
export const MOST_CONTEXT_BYTES = 4 * MIB;

const MOST_TOKENS = 100_000;

const itemSchema = z.object({ role: z.enum(['tool', 'assistant']), text: z.string() });

/** Names a response; the client's own choice, as a stream's id is. */
const responseId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const turnRequestSchema = z.object({
  type: z.literal('response.create'),
  id: responseId,
  /** Decides the text of the reply. */
  seed: z.int().min(0).max(4_294_967_295),
  max_output_tokens: z.int().min(1).max(MOST_TOKENS),
  /** Whether the server keeps the context for a turn that names this one. */
  store: z.boolean(),
  /** Absent where `input` is the whole context. */
  previous_response_id: responseId.optional(),
  input: z.array(itemSchema).min(1),
});

export type ContextItem = z.infer<typeof itemSchema>;
export type TurnRequest = z.infer<typeof turnRequestSchema>;

/**
 * Why a turn is not taken: the status of an HTTP response, and whether the connection of a
 * WebSocket is closed with a code after the same JSON was sent as a message.
 */
export const turnRefusals = {
  bad_request: { statusCode: 400, closeCode: undefined },
  upload_timeout: { statusCode: 408, closeCode: 1008 },
  unknown_response: { statusCode: 404, closeCode: undefined },
  turn_in_progress: { statusCode: 409, closeCode: undefined },
  // ws closes with this code by itself, before the message is whole.
  too_large: { statusCode: 413, closeCode: 1009 },
  overloaded: { statusCode: 503, closeCode: undefined },
} as const;

export type RefusalCode = keyof typeof turnRefusals;

export interface TurnRefusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** The body of the response, or the message: the same on both twins. */
export function renderRefusal({ code, message }: TurnRefusal): string {
  return JSON.stringify({
    type: 'error',
    status: turnRefusals[code].statusCode,
    error: { code, message },
  });
}

/** Beginning of that text, by which a receiver knows it. */
export const REFUSAL_PREFIX = '{"type":"error"';

/** Returns the request, or what is wrong with it. */
export function parseTurnRequest(bytes: Buffer): TurnRequest | TurnRefusal {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return { code: 'bad_request', message: 'the turn is not JSON' };
  }
  const parsed = turnRequestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return {
    code: 'bad_request',
    message: `${issue?.path.join('.') || 'the turn'}: ${issue?.message ?? 'not a turn'}`,
  };
}

export const isRefusal = (value: TurnRequest | TurnRefusal): value is TurnRefusal =>
  'code' in value;

/**
 * SHA-256 (hex, 16 digits) of a whole context: what a server has of a conversation must equal what
 * its client has said and heard.
 */
export function contextDigest(items: readonly ContextItem[]): string {
  const hash = createHash('sha256');
  for (const { role, text } of items) hash.update(`${role}\n${text}\n`);
  return hash.digest('hex').slice(0, 16);
}
