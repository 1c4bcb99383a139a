import { describe, expect, it } from 'vitest';
import { CONTROL_PREFIX } from './control-events.ts';
import {
  apiEventNames,
  chunkTextBytes,
  isChunkMessage,
  payloadNames,
  payloads,
  renderChunkMessage,
  renderChunkText,
  renderPayload,
  type PayloadName,
} from './payload.ts';

const TEXTS = ['Hello', ' "wörld"\n', '🦀'];
const text = TEXTS.join('');
const tokens = TEXTS.length;

interface Parsed {
  readonly type?: string;
  readonly sequence_number?: number;
}

/** All messages of a stream in order, without the end mark of event streams. */
function messagesOf(payload: PayloadName, id: string) {
  const { api, template } = payloads[payload];
  const stream = { id, tokens, text: () => text };
  return [
    ...(api?.preamble(stream) ?? []),
    ...TEXTS.map((one, index) => {
      const data = renderPayload(template(id), index + 1, JSON.stringify(one));
      return { name: api?.tokenEvent, data };
    }),
    ...(api?.epilogue(stream) ?? []),
  ];
}

describe.each(payloadNames)('payload %s', (payload) => {
  const messages = messagesOf(payload, '17');
  const parsed = messages.map(({ data }) => JSON.parse(data) as Parsed);

  it('names its events by the type of their messages, and knows all of these names', () => {
    const { eventNames = [] } = payloads[payload].api ?? {};
    const names = messages.map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(eventNames.length === 0 ? [undefined] : eventNames));
    expect(names).toEqual(
      eventNames.length === 0 ? parsed.map(() => undefined) : parsed.map(typeOf),
    );
    expect(apiEventNames).toEqual(expect.arrayContaining([...eventNames]));
  });

  it('has the same lengths for every stream of a trial', () => {
    const lengths = ['12345', '0'].map((id) =>
      messagesOf(payload, id).map(({ data }) => data.length),
    );
    expect(lengths[0]).toEqual(lengths[1]);
  });

  it('begins no message as a control event, unless with the name of an event of its API', () => {
    for (const { data } of messages)
      expect(
        !data.startsWith(CONTROL_PREFIX) ||
          apiEventNames.some((name) => data.startsWith(`${name}"`, CONTROL_PREFIX.length)),
      ).toBe(true);
  });
});

const typeOf = ({ type }: Parsed): string | undefined => type;

it('no event of an API has the name of a control event', () => {
  for (const type of ['open', 'done', 'stream-error', 'bye', 'gap', 'message', 'error'])
    expect(apiEventNames).not.toContain(type);
});

it('the events of a response are numbered from 0, tokens included', () => {
  const numbers = messagesOf('openai-responses', '17').map(
    ({ data }) => (JSON.parse(data) as Parsed).sequence_number,
  );
  expect(numbers).toEqual(Array.from({ length: 4 + tokens + 4 }, (_, number) => number));
});

it('a chat completion begins with the role, and ends with the finish reason and the usage', () => {
  const chunks = messagesOf('openai', '17').map(
    ({ data }) =>
      JSON.parse(data) as {
        id: string;
        choices: { delta: object; finish_reason: string | null }[];
        usage: { completion_tokens: number } | null;
      },
  );
  expect(new Set(chunks.map(({ id }) => id))).toEqual(new Set(['chatcmpl-00000017']));
  expect(chunks[0]!.choices[0]!.delta).toEqual({ role: 'assistant', content: '', refusal: null });
  expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
    ...Array.from({ length: 1 + tokens }, () => null),
    'stop',
    undefined,
  ]);
  expect(chunks.map(({ usage }) => usage?.completion_tokens)).toEqual([
    ...Array.from({ length: 1 + tokens + 1 }, () => undefined),
    tokens,
  ]);
});

const token = (payload: PayloadName): string =>
  renderPayload(payloads[payload].template('7'), 2, '" tok"');

it('a token of each API has the bytes that the API sends', () => {
  expect(token('lean')).toBe('{"s":2,"d":" tok"}');
  expect(token('openai')).toBe(
    '{"id":"chatcmpl-00000007","object":"chat.completion.chunk","created":1750000000,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_07871e2ad8",' +
      '"choices":[{"index":0,"delta":{"content":" tok"},"logprobs":null,"finish_reason":null}],"usage":null}',
  );
  expect(token('openai-responses')).toBe(
    `{"type":"response.output_text.delta","sequence_number":5,"item_id":"msg_${'7'.padStart(50, '0')}","output_index":0,"content_index":0,` +
      '"delta":" tok","logprobs":[],"obfuscation":"mvkadtzoewur"}',
  );
  expect(token('anthropic')).toBe(
    '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" tok"}}',
  );
});

it('the text form of bytes is no longer than a plan reckons with, and shorter by the digits of its number', () => {
  for (const bytes of [1, 2, 3, 640, 16_384]) {
    const text = renderChunkText({
      template: payloads.audio.template('7'),
      sequence: 1_234_567,
      chunk: Buffer.alloc(bytes, 255),
    });
    expect(text.length).toBe(chunkTextBytes(bytes));
    expect(Buffer.from((JSON.parse(text) as { d: string }).d, 'base64')).toHaveLength(bytes);
  }
});

it('a binary message of bytes is told from one of text by its first byte', () => {
  const { template } = payloads.audio;
  const chunk = Buffer.from(CONTROL_PREFIX);
  for (const sequence of [1, 255, 1_000_000])
    expect(isChunkMessage(renderChunkMessage({ template: template('7'), sequence, chunk }))).toBe(
      true,
    );
  for (const payload of payloadNames)
    expect(isChunkMessage(Buffer.from(token(payload)))).toBe(false);
});
