// Messages as the Anthropic API streams them, without the random number of spaces that it puts
// before the last brace of each.

import { PROMPT_TOKENS, type PayloadProfile } from './payload-profile.ts';

/** Digits of the ids of the API, to which the ids of streams are padded. */
const ID_DIGITS = 24;

const TOKEN_EVENT = 'content_block_delta';

const event = (type: string, fields: object) => ({
  name: type,
  data: JSON.stringify({ type, ...fields }),
});

const promptUsage = {
  input_tokens: PROMPT_TOKENS,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

export const anthropic: PayloadProfile = {
  summary: 'content_block_delta as the Anthropic Messages API streams it; no sequence, no SSE id',
  isNumbered: false,
  template: () => ({
    before: `{"type":"${TOKEN_EVENT}","index":0,"delta":{"type":"text_delta","text":`,
    firstNumber: undefined,
    between: '',
    after: '}}',
  }),
  api: {
    preamble: ({ id }) => [
      event('message_start', {
        message: {
          model: 'claude-sonnet-4-5-20250929',
          id: `msg_${id.padStart(ID_DIGITS, '0')}`,
          type: 'message',
          role: 'assistant',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...promptUsage, output_tokens: 1, service_tier: 'standard' },
        },
      }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      // The API writes this one with a space.
      { name: 'ping', data: '{"type": "ping"}' },
    ],
    epilogue: ({ tokens }) => [
      event('content_block_stop', { index: 0 }),
      // The usage so far, not since the last message.
      event('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { ...promptUsage, output_tokens: tokens },
      }),
      event('message_stop', {}),
    ],
    eventNames: [
      TOKEN_EVENT,
      'message_start',
      'content_block_start',
      'ping',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ],
    tokenEvent: TOKEN_EVENT,
    asymmetry:
      'An event stream of payload `anthropic` names each event in an `event:` line, as the API does: 27 bytes a token that no other transport sends. It carries `open` in a comment.',
  },
  chunk: undefined,
};
