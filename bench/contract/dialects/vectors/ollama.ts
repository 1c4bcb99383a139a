// Lines of JSON as Ollama streams them.

import { asLines, whole, type DialectVector } from './dialect-vector.ts';

const at = '"model":"llama3.2","created_at":"2026-11-30T10:00:00.0Z"';
const chat = (content: string, more = ''): string =>
  `{${at},"message":{"role":"assistant","content":"${content}"${more}},"done":false}`;
const done = `{${at},"message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":1000,"eval_count":2,"eval_duration":500}`;
const generate = (response: string): string => `{${at},"response":"${response}","done":false}`;
const generateDone = `{${at},"response":"","done":true,"done_reason":"length","context":[1,2],"eval_count":7}`;
const error = '{"error":"an error was encountered while running the model: CUDA error"}';

const call = chat('', ',"tool_calls":[{"function":{"name":"sum","arguments":{"a":1}}}]');

export const ollamaVectors: readonly DialectVector[] = [
  {
    name: 'chat',
    what: 'Ollama /api/chat: the last line has no text and says how many tokens there were',
    framing: 'lines',
    wire: asLines(chat('Hello'), chat(' wörld 🦀'), done),
    events: [chat('Hello'), chat(' wörld 🦀'), done],
    tokens: { content: ['Hello', ' wörld 🦀'] },
    finishes: ['stop'],
    outputTokens: 2,
    judged: whole(2),
  },
  {
    name: 'generate',
    what: 'Ollama /api/generate: the text is in `response`',
    framing: 'lines',
    wire: asLines(generate('Hello'), generateDone),
    events: [generate('Hello'), generateDone],
    tokens: { content: ['Hello'] },
    finishes: ['length'],
    outputTokens: 7,
    judged: whole(2),
  },
  {
    name: 'thinking-and-tools',
    what: 'Ollama: thinking beside the content, and a tool call in one piece',
    framing: 'lines',
    wire: asLines(chat('', ',"thinking":"Think"'), call, done),
    events: [chat('', ',"thinking":"Think"'), call, done],
    tokens: {
      reasoning: ['Think'],
      tool: ['{"function":{"name":"sum","arguments":{"a":1}}}'],
    },
    finishes: ['stop'],
    outputTokens: 2,
    judged: whole(2),
  },
  {
    name: 'crlf-blank-lines-and-no-last-line-end',
    what: 'a gateway: CRLF, a blank line as a sign of life, and no line end after the last object',
    framing: 'lines',
    wire: `${chat('Hello')}\r\n\r\n${done}`,
    events: [chat('Hello'), done],
    comments: [''],
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    outputTokens: 2,
    judged: whole(2),
  },
  {
    name: 'error-after-200',
    what: 'Ollama: a line with an error, and nothing after it',
    framing: 'lines',
    wire: asLines(chat('Hello'), error),
    events: [chat('Hello'), error],
    tokens: { content: ['Hello'] },
    errors: ['an error was encountered while running the model: CUDA error'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
  {
    name: 'half-line',
    what: 'a body that ends in the middle of a line',
    framing: 'lines',
    wire: `${chat('Hello')}\n${done.slice(0, 60)}`,
    events: [chat('Hello')],
    hasHalfEvent: true,
    tokens: { content: ['Hello'] },
    judged: { reached: 0, checkable: 2, causes: ['half-event', 'no-finish'] },
  },
];
