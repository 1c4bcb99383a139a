// Chat completions as the OpenAI API streams them with `stream_options: {"include_usage": true,
// "include_obfuscation": false}`: the role, the tokens, the finish reason, the usage, `[DONE]`.

import { CREATED_S, PROMPT_TOKENS, type PayloadProfile } from './payload-profile.ts';

/** Ids are padded, so that the envelopes of all streams of a trial have the same length. */
const ID_DIGITS = 8;

function chunkHead(streamId: string): string {
  return (
    `{"id":"chatcmpl-${streamId.padStart(ID_DIGITS, '0')}","object":"chat.completion.chunk","created":${CREATED_S},` +
    '"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_07871e2ad8","choices":'
  );
}

const CHOICE_HEAD = '[{"index":0,"delta":';

/** Every chunk but the last has usage as null if it was asked for. */
const choiceEnd = (finishReason: 'null' | '"stop"'): string =>
  `,"logprobs":null,"finish_reason":${finishReason}}],"usage":null}`;

function renderUsage(tokens: number): string {
  return JSON.stringify({
    prompt_tokens: PROMPT_TOKENS,
    completion_tokens: tokens,
    total_tokens: PROMPT_TOKENS + tokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
}

export const openai: PayloadProfile = {
  summary: 'chat.completion.chunk as the OpenAI API streams it; no sequence, no SSE id',
  isNumbered: false,
  template: (streamId) => ({
    before: `${chunkHead(streamId)}${CHOICE_HEAD}{"content":`,
    firstNumber: undefined,
    between: '',
    after: `}${choiceEnd('null')}`,
  }),
  api: {
    preamble: ({ id }) => [
      {
        data: `${chunkHead(id)}${CHOICE_HEAD}{"role":"assistant","content":"","refusal":null}${choiceEnd('null')}`,
      },
    ],
    epilogue: ({ id, tokens }) => [
      { data: `${chunkHead(id)}${CHOICE_HEAD}{}${choiceEnd('"stop"')}` },
      { data: `${chunkHead(id)}[],"usage":${renderUsage(tokens)}}` },
    ],
    eventNames: [],
    endMark: '[DONE]',
    asymmetry:
      'An event stream of payload `openai` ends with the API’s `data: [DONE]`, which is no JSON and is not sent over the other transports. It carries `open` in a comment.',
  },
  chunk: undefined,
};
