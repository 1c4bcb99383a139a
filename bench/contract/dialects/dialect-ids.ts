// The names of the dialects that can be read, in the order in which help lists them.

export const dialectIds = [
  'openai-chat',
  'responses',
  'realtime',
  'anthropic',
  'gemini',
  'ollama',
  'tgi',
  'ai-sdk',
  'mcp',
  'plain-sse',
  'plain-lines',
  'plain-ws',
  'streamduel',
  'pointers',
] as const;

export type DialectId = (typeof dialectIds)[number];
