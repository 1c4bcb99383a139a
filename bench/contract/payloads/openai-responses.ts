// Responses as the OpenAI API streams them. Its events repeat the whole text four times after the
// last token, so a long stream has a long end.

import {
  CREATED_S,
  PROMPT_TOKENS,
  type ApiMessage,
  type ApiStream,
  type PayloadProfile,
} from './payload-profile.ts';

/** Digits of the ids of the API, to which the ids of streams are padded. */
const ID_DIGITS = 50;

/**
 * The API adds random characters, 16 less the length of `delta`, so that no length gives a token
 * away. Here it is always the same twelve, as many as beside a token of four characters.
 */
const OBFUSCATION = 'mvkadtzoewur';

const TOKEN_EVENT = 'response.output_text.delta';

const responseId = (streamId: string): string => `resp_${streamId.padStart(ID_DIGITS, '0')}`;
const itemId = (streamId: string): string => `msg_${streamId.padStart(ID_DIGITS, '0')}`;

/** Every event carries its type, its number and its name in an event stream. */
function event(type: string, number: number, fields: object): ApiMessage {
  return { name: type, data: JSON.stringify({ type, sequence_number: number, ...fields }) };
}

interface ResponseState {
  readonly status: 'in_progress' | 'completed';
  readonly serviceTier: 'auto' | 'default';
  readonly output: readonly object[];
  readonly usage: object | null;
}

function response(streamId: string, { status, serviceTier, output, usage }: ResponseState): object {
  return {
    id: responseId(streamId),
    object: 'response',
    created_at: CREATED_S,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: 'gpt-4o-2024-08-06',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: serviceTier,
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage,
    user: null,
    metadata: {},
  };
}

function item(streamId: string, status: ResponseState['status'], content: readonly object[]) {
  return { id: itemId(streamId), type: 'message', status, content, role: 'assistant' };
}

const part = (text: string): object => ({
  type: 'output_text',
  annotations: [],
  logprobs: [],
  text,
});

const place = (streamId: string) => ({
  item_id: itemId(streamId),
  output_index: 0,
  content_index: 0,
});

function preamble({ id }: Pick<ApiStream, 'id'>): readonly ApiMessage[] {
  const begun = {
    response: response(id, {
      status: 'in_progress',
      serviceTier: 'auto',
      output: [],
      usage: null,
    }),
  };
  return [
    event('response.created', 0, begun),
    event('response.in_progress', 1, begun),
    event('response.output_item.added', 2, { output_index: 0, item: item(id, 'in_progress', []) }),
    event('response.content_part.added', 3, { ...place(id), part: part('') }),
  ];
}

/** Messages of the preamble, which are numbered from 0. */
const FIRST_NUMBER = 4;

function epilogue({ id, tokens, text: joinText }: ApiStream): readonly ApiMessage[] {
  const text = joinText();
  const next = FIRST_NUMBER + tokens;
  const whole = item(id, 'completed', [part(text)]);
  const usage = {
    input_tokens: PROMPT_TOKENS,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: PROMPT_TOKENS + tokens,
  };
  const completed = response(id, {
    status: 'completed',
    serviceTier: 'default',
    output: [whole],
    usage,
  });
  return [
    event('response.output_text.done', next, { ...place(id), text, logprobs: [] }),
    event('response.content_part.done', next + 1, { ...place(id), part: part(text) }),
    event('response.output_item.done', next + 2, { output_index: 0, item: whole }),
    event('response.completed', next + 3, { response: completed }),
  ];
}

export const openaiResponses: PayloadProfile = {
  summary: 'response.output_text.delta as the OpenAI Responses API streams it; no SSE id',
  // The API resumes by `starting_after` in a request of its own, which no transport here has.
  isNumbered: false,
  template: (streamId) => ({
    before: `{"type":"${TOKEN_EVENT}","sequence_number":`,
    firstNumber: FIRST_NUMBER,
    between: `,"item_id":"${itemId(streamId)}","output_index":0,"content_index":0,"delta":`,
    after: `,"logprobs":[],"obfuscation":"${OBFUSCATION}"}`,
  }),
  api: {
    preamble,
    epilogue,
    eventNames: [
      TOKEN_EVENT,
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ],
    tokenEvent: TOKEN_EVENT,
    // The API ends without one. Its SDKs refuse unknown events before one, and ignore later ones.
    endMark: '[DONE]',
    asymmetry:
      'An event stream of payload `openai-responses` names each event in an `event:` line, as the API does: 34 bytes a token that no other transport sends. It carries `open` in a comment, and `data: [DONE]` before `done`, where the API’s SDKs stop reading.',
  },
  chunk: undefined,
};
