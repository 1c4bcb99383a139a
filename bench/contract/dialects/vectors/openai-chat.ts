// Chat completions as OpenAI and the servers that imitate it stream them.

import { asData, bytes, whole, type DialectVector } from './dialect-vector.ts';

const head = '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1730000000,"model":"m"';
const chunk = (delta: string, finish = 'null', index = 0): string =>
  `${head},"choices":[{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${finish}}],"usage":null}`;
const usage = (tokens: number): string =>
  `${head},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":${tokens},"total_tokens":${9 + tokens}}}`;

const role = chunk('{"role":"assistant","content":"","refusal":null}');
const hello = chunk('{"content":"Hello"}');
const world = chunk('{"content":" wörld 🦀"}');
const stop = chunk('{}', '"stop"');
const DONE = '[DONE]';

const spoken = ['Hello', ' wörld 🦀'];

/** vLLM sends these with `return_token_ids`. */
const withIds = (content: string, ids: string, finish = 'null'): string =>
  `${head},"choices":[{"index":0,"delta":{"content":"${content}"},"finish_reason":${finish},"token_ids":${ids}}]}`;

const sound: readonly DialectVector[] = [
  {
    name: 'usage',
    what: 'OpenAI with include_usage: the chunk with the role has no text, that with the usage no choice',
    framing: 'event-stream',
    wire: asData(role, hello, world, stop, usage(2), DONE),
    events: [role, hello, world, stop, usage(2), DONE],
    tokens: { content: spoken },
    finishes: ['stop'],
    outputTokens: 2,
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'crlf-and-comments',
    what: 'LiteLLM over sse-starlette: CRLF, and a comment as a sign of life before and between events',
    framing: 'event-stream',
    wire:
      ': ping - 2026-11-30 10:00:00.000000+00:00\r\n\r\n' +
      [role, hello].map((data) => `data: ${data}\r\n\r\n`).join('') +
      ': ping - 2026-11-30 10:00:15.000000+00:00\r\n\r\n' +
      [world, stop, DONE].map((data) => `data: ${data}\r\n\r\n`).join(''),
    events: [role, hello, world, stop, DONE],
    comments: [
      'ping - 2026-11-30 10:00:00.000000+00:00',
      'ping - 2026-11-30 10:00:15.000000+00:00',
    ],
    tokens: { content: spoken },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'no-space',
    what: 'servers on Spring: no space after the colon',
    framing: 'event-stream',
    wire: [hello, stop, DONE].map((data) => `data:${data}\n\n`).join(''),
    events: [hello, stop, DONE],
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'several-data-lines',
    what: 'a server that indents its JSON: an event of several data lines',
    framing: 'event-stream',
    wire: `data: {"object":"chat.completion.chunk","choices":[\ndata:   {"index":0,"delta":{"content":"Hello"}}\ndata: ]}\n\n${asData(stop, DONE)}`,
    events: [
      '{"object":"chat.completion.chunk","choices":[\n  {"index":0,"delta":{"content":"Hello"}}\n]}',
      stop,
      DONE,
    ],
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'reasoning',
    what: 'vLLM and DeepSeek: reasoning in `reasoning_content`, OpenRouter in `reasoning`, some in both',
    framing: 'event-stream',
    wire: asData(
      chunk('{"role":"assistant","content":null,"reasoning_content":"Think"}'),
      chunk('{"reasoning":" hard"}'),
      chunk('{"reasoning":" once","reasoning_content":" once"}'),
      hello,
      stop,
      DONE,
    ),
    events: [
      chunk('{"role":"assistant","content":null,"reasoning_content":"Think"}'),
      chunk('{"reasoning":" hard"}'),
      chunk('{"reasoning":" once","reasoning_content":" once"}'),
      hello,
      stop,
      DONE,
    ],
    tokens: { reasoning: ['Think', ' hard', ' once'], content: ['Hello'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'content-list',
    what: 'Mistral: content as a list of reasoning and text',
    framing: 'event-stream',
    wire: asData(
      chunk('{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}'),
      chunk('{"content":[{"type":"text","text":"Yes"}]}', '"stop"'),
      DONE,
    ),
    events: [
      chunk('{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]}'),
      chunk('{"content":[{"type":"text","text":"Yes"}]}', '"stop"'),
      DONE,
    ],
    tokens: { reasoning: ['Hm'], content: ['Yes'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'tools',
    what: 'OpenAI: the arguments of a tool call in deltas, of which the first has only its name',
    framing: 'event-stream',
    wire: asData(
      chunk(
        '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"sum","arguments":""}}]}',
      ),
      chunk('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":"}}]}'),
      chunk('{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}'),
      chunk('{}', '"tool_calls"'),
      DONE,
    ),
    events: [
      chunk(
        '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"sum","arguments":""}}]}',
      ),
      chunk('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\":"}}]}'),
      chunk('{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}'),
      chunk('{}', '"tool_calls"'),
      DONE,
    ],
    tokens: { tool: ['{"a":', '1}'] },
    finishes: ['tool_calls'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'refusal',
    what: 'OpenAI: a refusal in deltas of its own',
    framing: 'event-stream',
    wire: asData(role, chunk('{"refusal":"I cannot"}'), stop, DONE),
    events: [role, chunk('{"refusal":"I cannot"}'), stop, DONE],
    tokens: { refusal: ['I cannot'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'choices',
    what: '`n` of 2: each choice has a finish reason',
    framing: 'event-stream',
    wire: asData(
      chunk('{"content":"a"}'),
      chunk('{"content":"b"}', 'null', 1),
      chunk('{}', '"stop"', 1),
      chunk('{"content":"c"}', '"length"'),
      DONE,
    ),
    events: [
      chunk('{"content":"a"}'),
      chunk('{"content":"b"}', 'null', 1),
      chunk('{}', '"stop"', 1),
      chunk('{"content":"c"}', '"length"'),
      DONE,
    ],
    tokens: { content: ['a', 'b', 'c'] },
    finishes: ['stop', 'length'],
    terminators: 1,
    judged: whole(2),
  },
  {
    name: 'token-ids',
    what: 'vLLM with return_token_ids: how many tokens each chunk holds can be held against the usage',
    framing: 'event-stream',
    wire: asData(
      withIds('', '[]'),
      withIds('Hello', '[1,2]'),
      withIds(' world', '[3]', '"stop"'),
      usage(3),
      DONE,
    ),
    events: [
      withIds('', '[]'),
      withIds('Hello', '[1,2]'),
      withIds(' world', '[3]', '"stop"'),
      usage(3),
      DONE,
    ],
    tokens: { content: ['Hello', ' world'] },
    finishes: ['stop'],
    outputTokens: 3,
    terminators: 1,
    judged: whole(3),
  },
  {
    name: 'prompt-filter',
    what: 'Azure: a first chunk without choices, with the result of a filter',
    framing: 'event-stream',
    wire: asData(
      '{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}',
      hello,
      stop,
      DONE,
    ),
    events: [
      '{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0}]}',
      hello,
      stop,
      DONE,
    ],
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    terminators: 1,
    judged: whole(2),
  },
];

const vllmError =
  '{"error":{"message":"EngineCore died","type":"InternalServerError","param":null,"code":500}}';
const broken: readonly DialectVector[] = [
  {
    name: 'error-after-200',
    what: 'vLLM: an error in band, and `[DONE]` after it',
    framing: 'event-stream',
    wire: asData(role, hello, vllmError, DONE),
    events: [role, hello, vllmError, DONE],
    tokens: { content: ['Hello'] },
    errors: ['500: EngineCore died'],
    terminators: 1,
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'error'] },
  },
  {
    name: 'named-error',
    what: 'a gateway: an event named `error` with plain text',
    framing: 'event-stream',
    wire: `${asData(hello)}event: error\ndata: upstream timed out\n\n`,
    events: [hello, { name: 'error', data: 'upstream timed out' }],
    tokens: { content: ['Hello'] },
    errors: ['upstream timed out'],
    judged: { reached: 1, checkable: 2, causes: ['no-finish', 'no-terminator', 'error'] },
  },
  {
    name: 'one-choice-unfinished',
    what: '`n` of 2, where the second choice never ends',
    framing: 'event-stream',
    wire: asData(hello, chunk('{"content":"b"}', 'null', 1), stop, DONE),
    events: [hello, chunk('{"content":"b"}', 'null', 1), stop, DONE],
    tokens: { content: ['Hello', 'b'] },
    finishes: ['stop'],
    terminators: 1,
    judged: { reached: 1, checkable: 2, causes: ['no-finish'] },
  },
  {
    name: 'fewer-token-ids',
    what: 'vLLM with return_token_ids, where a chunk was lost',
    framing: 'event-stream',
    wire: asData(withIds('Hello', '[1,2]'), withIds('', '[]', '"stop"'), usage(3), DONE),
    events: [withIds('Hello', '[1,2]'), withIds('', '[]', '"stop"'), usage(3), DONE],
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    outputTokens: 3,
    terminators: 1,
    judged: { reached: 2, checkable: 3, causes: ['token-count'] },
  },
  {
    name: 'last-blank-line-missing',
    what: 'a server that writes no blank line after `[DONE]`, which by the standard is no event then',
    framing: 'event-stream',
    wire: `${asData(hello, stop)}data: [DONE]\n`,
    events: [hello, stop],
    hasHalfEvent: true,
    tokens: { content: ['Hello'] },
    finishes: ['stop'],
    judged: { reached: 0, checkable: 2, causes: ['half-event', 'no-terminator'] },
  },
  {
    name: 'half-character',
    what: 'a server that cuts a character between two chunks: U+FFFD stands for the halves',
    framing: 'event-stream',
    wire: bytes(
      'data: {"choices":[{"index":0,"delta":{"content":"',
      [0xf0, 0x9f],
      '"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"',
      [0xa6, 0x80],
      `"}}]}\n\n${asData(stop, DONE)}`,
    ),
    events: [
      '{"choices":[{"index":0,"delta":{"content":"\uFFFD"}}]}',
      '{"choices":[{"index":0,"delta":{"content":"\uFFFD\uFFFD"}}]}',
      stop,
      DONE,
    ],
    hasInvalidUtf8: true,
    tokens: { content: ['\uFFFD', '\uFFFD\uFFFD'] },
    finishes: ['stop'],
    terminators: 1,
    judged: { reached: 0, checkable: 2, causes: ['invalid-utf-8'] },
  },
];

export const openaiChatVectors: readonly DialectVector[] = [...sound, ...broken];
