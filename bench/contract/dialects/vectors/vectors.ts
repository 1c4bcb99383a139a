// The vectors of all dialects.

import type { DialectId } from '../dialect-ids.ts';
import { aiSdkVectors } from './ai-sdk.ts';
import { anthropicVectors } from './anthropic.ts';
import type { DialectVector } from './dialect-vector.ts';
import { geminiVectors } from './gemini.ts';
import { mcpVectors } from './mcp.ts';
import { ollamaVectors } from './ollama.ts';
import { openaiChatVectors } from './openai-chat.ts';
import { plainLinesVectors, plainSseVectors, plainWsVectors } from './plain.ts';
import { pointersVectors } from './pointers.ts';
import { realtimeVectors } from './realtime.ts';
import { responsesVectors } from './responses.ts';
import { streamduelVectors } from './streamduel.ts';
import { tgiVectors } from './tgi.ts';

export const dialectVectors: Readonly<Record<DialectId, readonly DialectVector[]>> = {
  'openai-chat': openaiChatVectors,
  responses: responsesVectors,
  realtime: realtimeVectors,
  anthropic: anthropicVectors,
  gemini: geminiVectors,
  ollama: ollamaVectors,
  tgi: tgiVectors,
  'ai-sdk': aiSdkVectors,
  mcp: mcpVectors,
  'plain-sse': plainSseVectors,
  'plain-lines': plainLinesVectors,
  'plain-ws': plainWsVectors,
  streamduel: streamduelVectors,
  pointers: pointersVectors,
};
