// Responses as OpenAI streams them, and as imitations without numbers do.

import { asNamed, typed, whole, type DialectVector } from './dialect-vector.ts';

const response = (status: string, more = ''): string =>
  `{"id":"resp_1","object":"response","status":"${status}"${more}}`;
const created = `{"type":"response.created","sequence_number":0,"response":${response('in_progress')}}`;
const added =
  '{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}';
const place = '"item_id":"msg_1","output_index":0,"content_index":0';
const part = `{"type":"response.content_part.added","sequence_number":2,${place},"part":{"type":"output_text","annotations":[],"text":""}}`;
const delta = (number: number, text: string): string =>
  `{"type":"response.output_text.delta","sequence_number":${number},${place},"delta":"${text}","logprobs":[],"obfuscation":"aB3"}`;
const textDone = (number: number, text: string): string =>
  `{"type":"response.output_text.done","sequence_number":${number},${place},"text":"${text}","logprobs":[]}`;
const itemDone = (number: number): string =>
  `{"type":"response.output_item.done","sequence_number":${number},"output_index":0,"item":{"id":"msg_1","type":"message"}}`;
const usage = ',"usage":{"input_tokens":9,"output_tokens":2,"total_tokens":11}';
const completed = (number: number): string =>
  `{"type":"response.completed","sequence_number":${number},"response":${response('completed', usage)}}`;

const hello = [
  created,
  added,
  part,
  delta(3, 'Hello'),
  delta(4, ' wörld'),
  textDone(5, 'Hello wörld'),
  itemDone(6),
  completed(7),
];

/** A stream without numbers. */
const withoutNumbers = (events: readonly string[]): readonly string[] =>
  events.map((event) => event.replace(/"sequence_number":\d+,/, ''));

const named = (events: readonly string[]): Pick<DialectVector, 'wire' | 'events'> => ({
  wire: asNamed(...events.map(typed)),
  events: events.map(typed),
});

const reasoning = [
  created,
  '{"type":"response.reasoning_summary_text.delta","sequence_number":1,"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Think"}',
  '{"type":"response.reasoning_summary_text.done","sequence_number":2,"item_id":"rs_1","output_index":0,"summary_index":0,"text":"Think"}',
  '{"type":"response.function_call_arguments.delta","sequence_number":3,"item_id":"fc_1","output_index":1,"delta":"{\\"a\\":"}',
  '{"type":"response.function_call_arguments.delta","sequence_number":4,"item_id":"fc_1","output_index":1,"delta":"1}"}',
  '{"type":"response.function_call_arguments.done","sequence_number":5,"item_id":"fc_1","output_index":1,"arguments":"{\\"a\\":1}"}',
  completed(6),
];

const failed = `{"type":"response.failed","sequence_number":2,"response":${response('failed', ',"error":{"code":"server_error","message":"The model failed"}')}}`;
const incomplete = `{"type":"response.incomplete","sequence_number":2,"response":${response('incomplete', `,"incomplete_details":{"reason":"max_output_tokens"}${usage}`)}}`;
const streamError =
  '{"type":"error","sequence_number":2,"code":"rate_limit_exceeded","message":"Slow down","param":null}';
const socketError =
  '{"type":"error","status":400,"error":{"type":"invalid_request_error","code":"previous_response_not_found","message":"Previous response not found"}}';

const content = { content: ['Hello', ' wörld'] } as const;

export const responsesVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'OpenAI: every event is named and numbered, and the text comes whole at the end',
    framing: 'event-stream',
    ...named(hello),
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'websocket',
    what: 'OpenAI over a WebSocket: the same objects, one a message',
    framing: 'messages',
    wire: hello,
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'crlf-without-names',
    what: 'a gateway that drops the names and writes CRLF: the type is in the data',
    framing: 'event-stream',
    wire: hello.map((data) => `data: ${data}\r\n\r\n`).join(''),
    events: hello,
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'without-numbers',
    what: 'an imitation without `sequence_number`: only the text can be checked',
    framing: 'event-stream',
    ...named(withoutNumbers(hello)),
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'without-numbers-and-whole-text',
    what: 'an imitation that sends deltas and an end: nothing can be checked',
    framing: 'event-stream',
    ...named(withoutNumbers([created, delta(1, 'Hello'), completed(2)])),
    tokens: { content: ['Hello'] },
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(2),
  },
  {
    name: 'numbers-that-do-not-count',
    what: 'an imitation that sends the same number always: it cannot be checked, and is no fault',
    framing: 'event-stream',
    ...named(
      [created, delta(0, 'Hello'), delta(0, ' wörld'), completed(0)].map((event) =>
        event.replace(/"sequence_number":\d+/, '"sequence_number":0'),
      ),
    ),
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(2),
  },
  {
    name: 'reasoning-and-tools',
    what: 'OpenAI: a summary of the reasoning, then the arguments of a tool',
    framing: 'event-stream',
    ...named(reasoning),
    tokens: { reasoning: ['Think'], tool: ['{"a":', '1}'] },
    finishes: ['completed'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'keepalive-and-end-mark',
    what: 'OpenAI’s sign of life as an event, and the `[DONE]` of gateways after the end',
    framing: 'event-stream',
    wire: `${asNamed(typed(created), typed('{"type":"keepalive","sequence_number":1}'), typed(completed(2)))}data: [DONE]\n\n`,
    events: [
      typed(created),
      typed('{"type":"keepalive","sequence_number":1}'),
      typed(completed(2)),
      '[DONE]',
    ],
    finishes: ['completed'],
    outputTokens: 2,
    pings: 1,
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'incomplete',
    what: 'OpenAI: the answer is cut by its limit, and the stream is whole',
    framing: 'event-stream',
    ...named([created, delta(1, 'Hello'), incomplete]),
    tokens: { content: ['Hello'] },
    finishes: ['incomplete: max_output_tokens'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'failed',
    what: 'OpenAI: the end says that the model failed',
    framing: 'event-stream',
    ...named([created, delta(1, 'Hello'), failed]),
    tokens: { content: ['Hello'] },
    finishes: ['failed'],
    errors: ['server_error: The model failed'],
    judged: { reached: 1, checkable: 3, causes: ['error', 'failed'] },
  },
  {
    name: 'error-after-200',
    what: 'OpenAI: an event named `error`, and nothing after it',
    framing: 'event-stream',
    ...named([created, delta(1, 'Hello'), streamError]),
    tokens: { content: ['Hello'] },
    errors: ['rate_limit_exceeded: Slow down'],
    judged: { reached: 1, checkable: 3, causes: ['no-finish', 'error'] },
  },
  {
    name: 'socket-error',
    what: 'OpenAI over a WebSocket: the error is a member of the event',
    framing: 'messages',
    wire: [socketError],
    errors: ['previous_response_not_found: Previous response not found'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
  {
    name: 'gap',
    what: 'a gateway that lost a delta: number and text both show it',
    framing: 'event-stream',
    ...named(hello.filter((_, place) => place !== 3)),
    tokens: { content: [' wörld'] },
    finishes: ['completed'],
    outputTokens: 2,
    judged: { reached: 2, checkable: 3, causes: ['text-mismatch', 'sequence-gap'] },
  },
  {
    name: 'lost-beginning',
    what: 'a resume that came too late: the first event is not the first number',
    framing: 'event-stream',
    ...named(hello.slice(3)),
    tokens: content,
    finishes: ['completed'],
    outputTokens: 2,
    judged: { reached: 2, checkable: 3, causes: ['sequence-gap'] },
  },
  {
    name: 'repeated-event',
    what: 'a resume that sends an event again',
    framing: 'event-stream',
    ...named([...hello.slice(0, 4), ...hello.slice(3)]),
    tokens: { content: ['Hello', 'Hello', ' wörld'] },
    finishes: ['completed'],
    outputTokens: 2,
    judged: { reached: 2, checkable: 3, causes: ['text-mismatch', 'sequence-repeat'] },
  },
];
