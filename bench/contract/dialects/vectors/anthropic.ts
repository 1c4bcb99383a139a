// Messages as Anthropic streams them.

import { asNamed, typed, whole, type DialectVector } from './dialect-vector.ts';

const start =
  '{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"usage":{"input_tokens":9,"output_tokens":1}}}';
const blockStart = (index: number, block: string): string =>
  `{"type":"content_block_start","index":${index},"content_block":${block}}`;
const textStart = blockStart(0, '{"type":"text","text":""}');
// The API writes this one with a space.
const pinged = '{"type": "ping"}';
const textDelta = (text: string, index = 0): string =>
  `{"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":"${text}"}}`;
const blockStop = (index = 0): string => `{"type":"content_block_stop","index":${index}}`;
const end = (tokens: number, reason = 'end_turn'): string =>
  `{"type":"message_delta","delta":{"stop_reason":"${reason}","stop_sequence":null},"usage":{"output_tokens":${tokens}}}`;
const stop = '{"type":"message_stop"}';
const overloaded = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}';

const hello = [
  start,
  textStart,
  pinged,
  textDelta('Hello'),
  textDelta(' wörld 🦀'),
  blockStop(),
  end(12),
  stop,
];

const named = (events: readonly string[]): Pick<DialectVector, 'wire' | 'events'> => ({
  wire: asNamed(...events.map(typed)),
  events: events.map(typed),
});

const blocks = [
  start,
  blockStart(0, '{"type":"thinking","thinking":"","signature":""}'),
  '{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Think"}}',
  '{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}',
  blockStop(),
  blockStart(1, '{"type":"text","text":""}'),
  textDelta('Hello', 1),
  blockStop(1),
  blockStart(2, '{"type":"tool_use","id":"toolu_1","name":"sum","input":{}}'),
  '{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}',
  '{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"a\\": 1}"}}',
  blockStop(2),
  end(30, 'tool_use'),
  stop,
];

const content = { content: ['Hello', ' wörld 🦀'] } as const;

export const anthropicVectors: readonly DialectVector[] = [
  {
    name: 'text',
    what: 'Anthropic: named events around a content block, and a ping',
    framing: 'event-stream',
    ...named(hello),
    tokens: content,
    finishes: ['end_turn'],
    outputTokens: 12,
    pings: 1,
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'blocks',
    what: 'Anthropic: thinking, text and the input of a tool, each in a block of its own',
    framing: 'event-stream',
    ...named(blocks),
    tokens: { reasoning: ['Think'], content: ['Hello'], tool: ['{"a": 1}'] },
    finishes: ['tool_use'],
    outputTokens: 30,
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'crlf-no-space-and-unknown-type',
    what: 'a gateway that writes CRLF and no space, and an event of a later version of the API',
    framing: 'event-stream',
    wire: [
      start,
      '{"type":"later_event"}',
      textStart,
      textDelta('Hello'),
      blockStop(),
      end(1),
      stop,
    ]
      .map((data) => `event:${typed(data).name}\r\ndata:${data}\r\n\r\n`)
      .join(''),
    events: [
      start,
      '{"type":"later_event"}',
      textStart,
      textDelta('Hello'),
      blockStop(),
      end(1),
      stop,
    ].map(typed),
    tokens: { content: ['Hello'] },
    finishes: ['end_turn'],
    outputTokens: 1,
    terminators: 1,
    foreign: 1,
    judged: whole(3),
  },
  {
    name: 'without-blocks',
    what: 'an imitation without the starts of blocks, so that they cannot be checked',
    framing: 'event-stream',
    ...named([start, textDelta('Hello'), end(1), stop]),
    tokens: { content: ['Hello'] },
    finishes: ['end_turn'],
    outputTokens: 1,
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'error-after-200',
    what: 'Anthropic: overloaded in the middle of an answer, and nothing after it',
    framing: 'event-stream',
    ...named([start, textStart, textDelta('Hello'), overloaded]),
    tokens: { content: ['Hello'] },
    errors: ['overloaded_error: Overloaded'],
    judged: {
      reached: 1,
      checkable: 3,
      causes: ['no-finish', 'no-terminator', 'error', 'part-open'],
    },
  },
  {
    name: 'block-without-stop',
    what: 'a gateway that lost the stop of a block',
    framing: 'event-stream',
    ...named(hello.filter((event) => event !== blockStop())),
    tokens: content,
    finishes: ['end_turn'],
    outputTokens: 12,
    pings: 1,
    terminators: 1,
    judged: { reached: 2, checkable: 3, causes: ['part-open'] },
  },
  {
    name: 'delta-after-its-block',
    what: 'a delta whose block has stopped',
    framing: 'event-stream',
    ...named([start, textStart, blockStop(), textDelta('Hello'), end(1), stop]),
    tokens: { content: ['Hello'] },
    finishes: ['end_turn'],
    outputTokens: 1,
    terminators: 1,
    judged: { reached: 2, checkable: 3, causes: ['part-order'] },
  },
];
