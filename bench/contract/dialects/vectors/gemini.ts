// streamGenerateContent with alt=sse, as Gemini streams it: CRLF, and no event after the last chunk.

import { whole, type DialectVector } from './dialect-vector.ts';

const chunk = (parts: string, more = '', index = 0): string =>
  `{"candidates":[{"content":{"parts":[${parts}],"role":"model"},"index":${index}${more}}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4,"totalTokenCount":13},"modelVersion":"m","responseId":"r1"}`;
const hello = chunk('{"text":"Hello"}');
const last = chunk('{"text":" wörld 🦀"}', ',"finishReason":"STOP"');

const asCrlf = (...events: readonly string[]): Pick<DialectVector, 'wire' | 'events'> => ({
  wire: events.map((data) => `data: ${data}\r\n\r\n`).join(''),
  events,
});

const content = { content: ['Hello', ' wörld 🦀'] } as const;

const thought = chunk('{"text":"Think","thought":true}');
const call = chunk('{"functionCall":{"name":"sum","args":{"a":1}}}');
const onlySignature =
  '{"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"EjQK"}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4,"thoughtsTokenCount":20,"totalTokenCount":33}}';
const error = '{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}';
const blocked =
  '{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9}}';

export const geminiVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'Gemini: the last chunk has text and the finish reason, and CRLF ends the lines',
    framing: 'event-stream',
    ...asCrlf(hello, last),
    tokens: content,
    finishes: ['STOP'],
    outputTokens: 4,
    judged: whole(2),
  },
  {
    name: 'thoughts',
    what: 'Gemini with thoughts: the last chunk has a signature and no text, its usage has the thoughts apart',
    framing: 'event-stream',
    ...asCrlf(thought, call, onlySignature),
    tokens: { reasoning: ['Think'], tool: ['{"name":"sum","args":{"a":1}}'] },
    finishes: ['STOP'],
    outputTokens: 24,
    judged: whole(2),
  },
  {
    name: 'candidates',
    what: 'two candidates, each with a finish reason',
    framing: 'event-stream',
    ...asCrlf(last, chunk('{"text":"b"}', ',"finishReason":"MAX_TOKENS"', 1)),
    tokens: { content: [' wörld 🦀', 'b'] },
    finishes: ['STOP', 'MAX_TOKENS'],
    outputTokens: 4,
    judged: whole(2),
  },
  {
    name: 'blocked',
    what: 'Gemini: a prompt that was blocked has no candidate, and this is the whole answer',
    framing: 'event-stream',
    ...asCrlf(blocked),
    finishes: ['PROHIBITED_CONTENT'],
    judged: whole(2),
  },
  {
    name: 'error-after-200',
    what: 'Gemini: an error in band',
    framing: 'event-stream',
    ...asCrlf(hello, error),
    tokens: { content: ['Hello'] },
    outputTokens: 4,
    errors: ['503: The model is overloaded.'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
  {
    name: 'without-finish-reason',
    what: 'a gateway that closed in order when its upstream was cut: nothing but the reason is missing',
    framing: 'event-stream',
    ...asCrlf(hello),
    tokens: { content: ['Hello'] },
    outputTokens: 4,
    judged: { reached: 1, checkable: 2, causes: ['no-finish'] },
  },
  {
    name: 'one-candidate-unfinished',
    what: 'two candidates, one without a finish reason',
    framing: 'event-stream',
    ...asCrlf(last, chunk('{"text":"b"}', '', 1)),
    tokens: { content: [' wörld 🦀', 'b'] },
    finishes: ['STOP'],
    outputTokens: 4,
    judged: { reached: 1, checkable: 2, causes: ['no-finish'] },
  },
];
