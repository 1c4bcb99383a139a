// The dialects that can be read, and which of them an answer is in.

import { aiSdk } from './ai-sdk.ts';
import { anthropic } from './anthropic.ts';
import type { Dialect, Framing, Seen } from './dialect.ts';
import { dialectIds, type DialectId } from './dialect-ids.ts';
import { gemini } from './gemini.ts';
import { mcp } from './mcp.ts';
import { ollama } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { plainLines, plainSse, plainWs } from './plain.ts';
import { pointerDialect } from './pointer-dialect.ts';
import { realtime } from './realtime.ts';
import { responses } from './responses.ts';
import { streamduel } from './streamduel.ts';
import { tgi } from './tgi.ts';

export { dialectIds, type DialectId } from './dialect-ids.ts';

export const dialects: Readonly<Record<DialectId, Dialect>> = {
  'openai-chat': openaiChat,
  responses,
  realtime,
  anthropic,
  gemini,
  ollama,
  tgi,
  'ai-sdk': aiSdk,
  mcp,
  'plain-sse': plainSse,
  'plain-lines': plainLines,
  'plain-ws': plainWs,
  streamduel,
  // Each event is a JSON text, until a user says more.
  pointers: pointerDialect({ token: '' }),
};

const plainOf: Readonly<Record<Framing, DialectId>> = {
  'event-stream': 'plain-sse',
  lines: 'plain-lines',
  messages: 'plain-ws',
};

/** The first dialect for which there is sure evidence, or any; else the plain one of the framing. */
export function detectDialect(seen: Seen): {
  readonly dialect: DialectId;
  readonly isSure: boolean;
} {
  const candidates = dialectIds.filter((id) => dialects[id].framing.includes(seen.framing));
  const sure = candidates.find((id) => dialects[id].matches(seen) === 2);
  if (sure !== undefined) return { dialect: sure, isSure: true };
  const plain = plainOf[seen.framing];
  const possible = candidates.find((id) => id !== plain && dialects[id].matches(seen) === 1);
  return { dialect: possible ?? plain, isSure: false };
}
