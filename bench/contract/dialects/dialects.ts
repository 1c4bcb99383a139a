// The dialects that can be read, and which of them an answer is in.

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
