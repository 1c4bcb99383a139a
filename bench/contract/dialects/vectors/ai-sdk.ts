// UI message streams as the AI SDK sends them.

import { asData, whole, type DialectVector } from './dialect-vector.ts';

const start = '{"type":"start","messageId":"msg_1"}';
const step = '{"type":"start-step"}';
const textStart = '{"type":"text-start","id":"0"}';
const delta = (text: string): string => `{"type":"text-delta","id":"0","delta":"${text}"}`;
const textEnd = '{"type":"text-end","id":"0"}';
const stepEnd = '{"type":"finish-step"}';
const finish = '{"type":"finish","finishReason":"stop"}';
const DONE = '[DONE]';

const hello = [start, step, textStart, delta('Hello'), delta(' wörld'), textEnd, stepEnd, finish];

const inBand = (...events: readonly string[]): Pick<DialectVector, 'wire' | 'events'> => ({
  wire: asData(...events),
  events,
});

const parts = [
  start,
  '{"type":"reasoning-start","id":"r"}',
  '{"type":"reasoning-delta","id":"r","delta":"Think"}',
  '{"type":"reasoning-end","id":"r"}',
  '{"type":"tool-input-start","toolCallId":"c","toolName":"sum"}',
  '{"type":"tool-input-delta","toolCallId":"c","inputTextDelta":"{\\"a\\":1}"}',
  '{"type":"tool-input-available","toolCallId":"c","toolName":"sum","input":{"a":1}}',
  '{"type":"tool-output-available","toolCallId":"c","output":1}',
  '{"type":"data-weather","data":{"sun":true}}',
  finish,
  DONE,
];

const content = { content: ['Hello', ' wörld'] } as const;

export const aiSdkVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'AI SDK: a text with its start and its end, `finish`, `[DONE]`',
    framing: 'event-stream',
    ...inBand(...hello, DONE),
    tokens: content,
    finishes: ['stop'],
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'comments',
    what: 'AI SDK behind a route that keeps it alive with comments',
    framing: 'event-stream',
    wire: `: stream-open\n\n${asData(...hello.slice(0, 4))}: keep-alive\n\n${asData(...hello.slice(4), DONE)}`,
    events: [...hello, DONE],
    comments: ['stream-open', 'keep-alive'],
    tokens: content,
    finishes: ['stop'],
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'parts',
    what: 'AI SDK: reasoning, a tool and a part of the application’s own',
    framing: 'event-stream',
    ...inBand(...parts),
    tokens: { reasoning: ['Think'], tool: ['{"a":1}'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'own-writer',
    what: 'an application that writes its parts itself, without `start` and `finish`',
    framing: 'event-stream',
    ...inBand(textStart, delta('Hello'), textEnd, DONE),
    tokens: { content: ['Hello'] },
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'error-after-200',
    what: 'AI SDK: an error part, and `[DONE]` after it',
    framing: 'event-stream',
    ...inBand(start, textStart, delta('Hello'), '{"type":"error","errorText":"No."}', DONE),
    tokens: { content: ['Hello'] },
    errors: ['No.'],
    terminators: 1,
    judged: { reached: 1, checkable: 3, causes: ['error', 'no-finish', 'part-open'] },
  },
  {
    name: 'abort',
    what: 'AI SDK: the application gave up, and says so',
    framing: 'event-stream',
    ...inBand(start, textStart, delta('Hello'), textEnd, '{"type":"abort"}', DONE),
    tokens: { content: ['Hello'] },
    finishes: ['abort'],
    terminators: 1,
    judged: { reached: 1, checkable: 3, causes: ['failed'] },
  },
  {
    name: 'text-without-end',
    what: 'a text whose end was lost',
    framing: 'event-stream',
    ...inBand(...hello.filter((event) => event !== textEnd), DONE),
    tokens: content,
    finishes: ['stop'],
    terminators: 1,
    judged: { reached: 2, checkable: 3, causes: ['part-open'] },
  },
];
