// Everything the SSE twin sends, byte for byte, and how eventsource-parser reads it.

import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createParser } from 'eventsource-parser';
import { expect, it } from 'vitest';
import {
  renderCursor,
  renderTyped,
  SSE_RETRY_MS,
  streamEpoch,
} from '../../bench/contract/control-events.ts';
import { payloadNames, payloads, renderPayload } from '../../bench/contract/payload.ts';
import type { ApiMessage } from '../../bench/contract/payloads/payload-profile.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { streamText } from '../../bench/contract/workload.ts';
import { testPopulation } from '../../servers/kept-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from '../../servers/twin-fixture.ts';
import { findFault } from './strict-sse.ts';

const format = { hasIds: true, retryMs: SSE_RETRY_MS };
/** The longest stream of the population, and its tokens. */
const LONGEST = '2';
const TOKENS = 43;
const EPOCH = streamEpoch(502);

async function open(
  server: TestServer,
  target: string,
  lastEventId?: string,
): Promise<IncomingMessage> {
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const [response] = (await once(
    get({ port: server.port, path: `/v1/streams/${target}`, headers }),
    'response',
  )) as [IncomingMessage];
  return response;
}

async function readAll(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/**
 * Event types in order, the default as `message`, and the parser's message for each line that it
 * does not know.
 */
function typesOf(bytes: Buffer): string[] {
  const types: string[] = [];
  const parser = createParser({
    onEvent: ({ event = 'message' }) => types.push(event),
    onError: (error) => types.push(error.message),
  });
  parser.feed(bytes.toString());
  return types;
}

const messages = (count: number): string[] => Array.from({ length: count }, () => 'message');
const heartbeatsIn = (bytes: Buffer): number =>
  bytes
    .toString()
    .split('\n\n')
    .filter((block) => block === ':').length;

it('a whole stream, with the bundled texts of all languages', async () => {
  await using server = await startTestServer('sse');
  const bytes = await readAll(await open(server, 'one?n=2000&rate=10000&seed=3'));
  expect(findFault(bytes, format)).toBeUndefined();
  expect(typesOf(bytes)).toEqual(['open', ...messages(2000), 'done']);
});

const event = (name: string | undefined, data: string): string =>
  `${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`;

const apiEvents = (messages: readonly ApiMessage[]): string[] =>
  messages.map(({ name, data }) => event(name, data));

it.each(payloadNames.filter((payload) => payloads[payload].api !== undefined))(
  'a whole stream of the API whose payload is %s',
  async (payload) => {
    await using server = await startTestServer('sse', { payload, population: testPopulation });
    const plan = server.planned.find({ id: LONGEST })!;
    const { source } = server.planned;
    const api = payloads[payload].api!;
    const template = payloads[payload].template(LONGEST);
    const text = (): string => streamText(source, plan.sourceStart, TOKENS);
    const { sha256 } = plan;
    const expected = [
      `: open {"sid":"${LONGEST}","epoch":"${EPOCH}","from":1,"n":${TOKENS}}\nretry: ${SSE_RETRY_MS}\n\n`,
      ...apiEvents(api.preamble(plan)),
      ...Array.from({ length: TOKENS }, (_, index) => {
        const json = source.jsonTexts[(plan.sourceStart + index) % source.jsonTexts.length]!;
        return event(api.tokenEvent, renderPayload(template, index + 1, json));
      }),
      ...apiEvents(api.epilogue({ id: LONGEST, tokens: TOKENS, text })),
      ...(api.endMark === undefined ? [] : [event(undefined, api.endMark)]),
      event(undefined, renderTyped('done', { s: TOKENS + 1, n: TOKENS, sha256, finish: 'stop' })),
    ];
    expect((await readAll(await open(server, LONGEST))).toString()).toBe(expected.join(''));
  },
);

it('a stream that goes on where an earlier connection stood', async () => {
  await using server = await startTestServer('sse', {
    population: testPopulation,
    recovery: { retryMs: 250 },
  });
  // The stream must have been requested before.
  await readAll(await open(server, LONGEST));
  const bytes = await readAll(
    await open(server, LONGEST, renderCursor({ epoch: EPOCH, sequence: 20 })),
  );
  expect(findFault(bytes, { ...format, retryMs: 250 })).toBeUndefined();
  expect(typesOf(bytes)).toEqual(['open', ...messages(TOKENS - 20), 'done']);
});

it('a stream of which too little was kept', async () => {
  const limits = {
    bufferTokens: 10,
    bufferBytes: 1024 * 1024,
    ttlNs: 60e9,
    totalBytes: 1024 * 1024,
  };
  await using server = await startTestServer('sse', {
    population: testPopulation,
    recovery: { limits },
  });
  await readAll(await open(server, LONGEST));
  const bytes = await readAll(
    await open(server, LONGEST, renderCursor({ epoch: EPOCH, sequence: 3 })),
  );
  expect(findFault(bytes, format)).toBeUndefined();
  expect(typesOf(bytes)).toEqual(['open', 'gap', ...messages(10), 'done']);
});

it('heartbeats among the tokens', async () => {
  // Two seconds: a busy machine may be late with the first heartbeats, but not with all.
  const workload = { ...fastWorkload, tokensPerSecond: 20 };
  await using server = await startTestServer('sse', {
    population: testPopulation,
    workload,
    recovery: { heartbeatNs: 20 * NS_PER_MS },
  });
  const bytes = await readAll(await open(server, LONGEST));
  expect(findFault(bytes, format)).toBeUndefined();
  expect(heartbeatsIn(bytes)).toBeGreaterThan(1);
  expect(typesOf(bytes)).toEqual(['open', ...messages(TOKENS), 'done']);
});

it.each([
  ['that ends with its connection', {}],
  ['that outlives it', { population: testPopulation, recovery: {} }],
])('a stream %s says bye when the server stops', async (_what, options) => {
  const server = await startTestServer('sse', {
    ...options,
    workload: { ...fastWorkload, tokensPerSecond: 1 },
  });
  const response = await open(server, 'population' in options ? LONGEST : 'one?n=40&rate=1');
  const parts: Buffer[] = [];
  response.on('data', (part: Buffer) => parts.push(part));
  await once(response, 'data');
  await Promise.all([server.close(), once(response, 'end')]);
  const bytes = Buffer.concat(parts);
  expect(findFault(bytes, format)).toBeUndefined();
  expect(typesOf(bytes).at(-1)).toBe('bye');
});
