// The SDKs of the vendors receive their payloads from the twin over a POST, as they do from the
// APIs themselves: only the address is another.

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, it } from 'vitest';
import type { PayloadName } from '../../bench/contract/payload.ts';
import { streamText } from '../../bench/contract/workload.ts';
import { startTestServer, type TestServer } from '../../servers/twin-fixture.ts';

const TOKENS = 200;
/** Prompt tokens are part of the payload profiles: no model counts them. */
const PROMPT_TOKENS = 10;
const STREAM = { id: 'one', n: TOKENS, rate: 10_000, seed: 7 };
const messages = [{ role: 'user' as const, content: 'Go on.' }];

interface Api extends AsyncDisposable {
  /** Options of either SDK's client. */
  readonly options: {
    readonly apiKey: string;
    readonly maxRetries: 0;
    readonly fetch: (url: unknown, init?: RequestInit) => Promise<Response>;
  };
  /** The text that the server has planned. */
  readonly text: string;
}

/** Stands for the API of a vendor: a request for any of its routes gets the same stream. */
async function startApi(payload: PayloadName): Promise<Api> {
  const server = await startTestServer('sse-post', { payload });
  const { id, n, rate, seed } = STREAM;
  const url = `http://127.0.0.1:${server.port}/v1/streams/${id}?n=${n}&rate=${rate}&seed=${seed}`;
  return {
    options: {
      apiKey: 'none',
      maxRetries: 0,
      fetch: async (_url, init) => await fetch(url, init),
    },
    text: plannedText(server),
    [Symbol.asyncDispose]: server.close,
  };
}

function plannedText({ planned }: TestServer): string {
  const plan = planned.find(STREAM)!;
  return streamText(planned.source, plan.sourceStart, plan.tokens);
}

it('the OpenAI SDK reads a chat completion: its text, finish reason and usage', async () => {
  await using api = await startApi('openai');
  const client = new OpenAI(api.options);
  const stream = client.chat.completions.stream({
    model: 'gpt-4o',
    messages,
    stream_options: { include_usage: true },
  });
  const { choices, usage, object } = await stream.finalChatCompletion();
  expect(object).toBe('chat.completion');
  expect(choices).toHaveLength(1);
  expect(choices[0]).toMatchObject({
    message: { role: 'assistant', content: api.text },
    finish_reason: 'stop',
  });
  expect(usage).toMatchObject({
    prompt_tokens: PROMPT_TOKENS,
    completion_tokens: TOKENS,
    total_tokens: PROMPT_TOKENS + TOKENS,
  });
});

it('the OpenAI SDK hands on every chunk of a chat completion, and nothing else', async () => {
  await using api = await startApi('openai');
  const client = new OpenAI(api.options);
  const chunks = [];
  const request = { model: 'gpt-4o', messages, stream: true } as const;
  for await (const chunk of await client.chat.completions.create(request)) chunks.push(chunk);
  // The role, the tokens, the finish reason, the usage.
  expect(chunks).toHaveLength(1 + TOKENS + 2);
  expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']));
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(api.text);
});

it('the OpenAI SDK reads a response: its text, status and usage', async () => {
  await using api = await startApi('openai-responses');
  const client = new OpenAI(api.options);
  const stream = client.responses.stream({ model: 'gpt-4o', input: 'Go on.' });
  const response = await stream.finalResponse();
  expect(response).toMatchObject({
    status: 'completed',
    output_text: api.text,
    usage: {
      input_tokens: PROMPT_TOKENS,
      output_tokens: TOKENS,
      total_tokens: PROMPT_TOKENS + TOKENS,
    },
  });
});

it('the OpenAI SDK hands on every event of a response in order, and nothing else', async () => {
  await using api = await startApi('openai-responses');
  const client = new OpenAI(api.options);
  const events = [];
  const request = { model: 'gpt-4o', input: 'Go on.', stream: true } as const;
  for await (const event of await client.responses.create(request)) events.push(event);
  expect(events.map((event) => event.sequence_number)).toEqual(
    Array.from({ length: 4 + TOKENS + 4 }, (_, number) => number),
  );
  const deltas = events.flatMap((event) =>
    event.type === 'response.output_text.delta' ? [event.delta] : [],
  );
  expect(deltas.join('')).toBe(api.text);
});

it('the Anthropic SDK reads a message: its text, stop reason and usage', async () => {
  await using api = await startApi('anthropic');
  const client = new Anthropic(api.options);
  const stream = client.messages.stream({ model: 'claude-test', max_tokens: 1000, messages });
  const message = await stream.finalMessage();
  expect(message).toMatchObject({
    role: 'assistant',
    content: [{ type: 'text', text: api.text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: PROMPT_TOKENS, output_tokens: TOKENS },
  });
});

it('the Anthropic SDK hands on every event of a message but the ping, and nothing else', async () => {
  await using api = await startApi('anthropic');
  const client = new Anthropic(api.options);
  const events = [];
  const request = { model: 'claude-test', max_tokens: 1000, messages, stream: true } as const;
  for await (const event of await client.messages.create(request)) events.push(event);
  expect(events.map(({ type }) => type)).toEqual([
    'message_start',
    'content_block_start',
    ...Array.from({ length: TOKENS }, () => 'content_block_delta'),
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
  const deltas = events.flatMap((event) =>
    event.type === 'content_block_delta' && event.delta.type === 'text_delta'
      ? [event.delta.text]
      : [],
  );
  expect(deltas.join('')).toBe(api.text);
});
