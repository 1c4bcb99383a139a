import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import autocannon from 'autocannon';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import { payloadNames, payloads, type PayloadName } from '../bench/contract/payload.ts';
import { streamText } from '../bench/contract/workload.ts';
import { fastWorkload, startTestServer, type TestServer } from './twin-fixture.ts';

const STREAM = 'n=40&rate=2000&seed=7';

async function readSse(server: TestServer, query = STREAM): Promise<EventSourceMessage[]> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/streams/one?${query}`);
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(await response.text());
  return events;
}

async function readWebSocket(
  server: TestServer,
  query = STREAM,
): Promise<{ messages: string[]; code: number }> {
  const socket = new WebSocket(
    `ws://127.0.0.1:${server.port}/v1/ws/one?${query}`,
    WEBSOCKET_PROTOCOL,
    { perMessageDeflate: false },
  );
  const messages: string[] = [];
  socket.on('message', (message: Buffer) => messages.push(message.toString()));
  const [code] = (await once(socket, 'close')) as [number];
  return { messages, code };
}

/** Sends a raw line: the null arm serves planned streams only and has no query. */
async function readTcp(server: TestServer, line: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(`${line}\n`);
  let text = '';
  for await (const bytes of socket) text += String(bytes);
  return text;
}

async function upgrade(
  server: TestServer,
  path: string,
): Promise<{ status: number; body: string }> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    AsyncIterable<Buffer> & { statusCode: number },
  ];
  let body = '';
  for await (const bytes of response) body += String(bytes);
  return { status: response.statusCode, body };
}

it.each(['sse', 'ndjson'] as const)(
  '%s: a request that comes before its connection is free again is answered whole, too',
  async (transport) => {
    await using server = await startTestServer(transport);
    const path = transport === 'sse' ? 'streams' : 'ndjson';
    const body = transport === 'sse' ? '' : '{"stream":true}';
    const requests = ['one', 'two'].map(
      (id) =>
        `${body === '' ? 'GET' : 'POST'} /v1/${path}/${id}?${STREAM} HTTP/1.1\r\nHost: x\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const socket = connect(server.port, '127.0.0.1');
    socket.write(requests.join(''));
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    await expect.poll(() => text.match(/"sha256"/g)?.length, { timeout: 10_000 }).toBe(2);
    socket.destroy();
    expect(text.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2);
    // All bytes are those of the two streams, the second's counted from its own head on.
    expect(server.streams.counts).toMatchObject({ opened: 2, finished: 2 });
    await expect.poll(() => server.streams.counts.bytesWritten).toBe(text.length);
  },
);

/** The text in a message of any payload; empty in a message of an API that carries no token. */
function textOf(message: string): string {
  const { d, delta, choices } = JSON.parse(message) as {
    d?: string;
    delta?: string | { text?: string };
    choices?: { delta: { content?: string } }[];
  };
  const ofDelta = typeof delta === 'object' ? delta.text : delta;
  return d ?? ofDelta ?? choices?.[0]?.delta.content ?? '';
}

const isControl = (message: string): boolean => /^\{"type":"(?:open|done)"/.test(message);

/** Tokens that are bytes are tested in clients/conformance.e2e.test.ts. */
const ofText = payloadNames.filter((payload) => payloads[payload].chunk === undefined);

describe.each(ofText)('payload %s', (payload: PayloadName) => {
  const { api } = payloads[payload];

  it('is equal on both transports, to the byte, and spells the announced text', async () => {
    await using sse = await startTestServer('sse', { payload });
    await using ws = await startTestServer('ws', { payload });
    const events = await readSse(sse);
    const { messages, code } = await readWebSocket(ws);
    const sseMessages = events
      .filter(({ event, data }) => event !== 'open' && event !== 'done' && !isControl(data))
      .map(({ data }) => data)
      .filter((data) => data !== api?.endMark);
    const wsMessages = messages.filter((message) => !isControl(message));
    expect(wsMessages).toEqual(sseMessages);
    expect(wsMessages.filter((message) => textOf(message) !== '')).toHaveLength(40);
    expect(code).toBe(1000);
    const done = JSON.parse(events.at(-1)!.data) as { sha256: string };
    expect(JSON.parse(messages.at(-1)!)).toEqual({ type: 'done', ...done });
    const text = wsMessages.map(textOf).join('');
    expect(createHash('sha256').update(text).digest('hex')).toBe(done.sha256);
  });

  it('has the messages of its API around the tokens, in an event stream with their names', async () => {
    await using sse = await startTestServer('sse', { payload });
    const plan = sse.planned.find({ id: 'one', n: 40, rate: 2000, seed: 7 })!;
    const text = (): string => streamText(sse.planned.source, plan.sourceStart, plan.tokens);
    const events = await readSse(sse);
    const expected = {
      before: api?.preamble(plan) ?? [{ name: 'open', data: events[0]!.data }],
      after: api?.epilogue({ ...plan, text }) ?? [{ name: 'done', data: events.at(-1)!.data }],
    };
    const { length } = expected.before;
    const seen = events.map(({ event: name, data }) => (name === undefined ? { data } : { name, data })); // prettier-ignore
    expect(seen.slice(0, length)).toEqual(expected.before);
    expect(seen.slice(length + 40, length + 40 + expected.after.length)).toEqual(expected.after);
    expect(new Set(seen.slice(length, length + 40).map(({ name }) => name))).toEqual(
      new Set([api?.tokenEvent]),
    );
    const rest = seen.slice(length + 40 + expected.after.length);
    expect(rest.map(({ data }) => (isControl(data) ? 'done' : data))).toEqual(
      api === undefined ? [] : [...[api.endMark ?? []].flat(), 'done'],
    );
  });
});

it('SSE ids follow the sequence where the payload is numbered, and are left out where it is not', async () => {
  await using lean = await startTestServer('sse', { payload: 'lean' });
  await using openai = await startTestServer('sse', { payload: 'openai' });
  const ids = (await readSse(lean)).map((event) => event.id?.split('.')[1]);
  expect(ids).toEqual(Array.from({ length: 42 }, (_, sequence) => String(sequence)));
  expect((await readSse(openai)).every((event) => event.id === undefined)).toBe(true);
});

const badRequests = [
  ['an unknown stream of the trial', '99', 404, 'no stream 99'],
  ['a count of 0', 'one?n=0', 400, 'querystring/n must be >= 1'],
  ['a rate that is no number', 'one?rate=fast', 400, 'querystring/rate must be number'],
  ['an unknown field', 'one?n=5&speed=3', 400, 'must NOT have additional properties'],
  ['an id that is too long', `${'x'.repeat(65)}?n=5`, 400, 'params/id must match pattern'],
] as const;

it.each(badRequests)(
  '%s gets the same JSON error on both twins',
  async (_what, target, statusCode, message) => {
    await using sse = await startTestServer('sse');
    await using ws = await startTestServer('ws');
    const response = await fetch(`http://127.0.0.1:${sse.port}/v1/streams/${target}`);
    const refused = await upgrade(ws, `/v1/ws/${target}`);
    expect(response.status).toBe(statusCode);
    expect(refused.status).toBe(statusCode);
    const body = (await response.json()) as { statusCode: number; message: string };
    expect(body).toMatchObject({ statusCode, message: expect.stringContaining(message) as string });
    expect(JSON.parse(refused.body)).toEqual(body);
  },
);

it('an unknown route is a JSON 404 and a plain GET of the WebSocket route a 426', async () => {
  await using ws = await startTestServer('ws');
  const lost = await fetch(`http://127.0.0.1:${ws.port}/nowhere`);
  expect([lost.status, await lost.json()]).toEqual([
    404,
    { statusCode: 404, error: 'Not Found', message: 'no route GET /nowhere' },
  ]);
  expect((await upgrade(ws, '/nowhere')).status).toBe(404);
  const plain = await fetch(`http://127.0.0.1:${ws.port}/v1/ws/one?n=1`);
  expect([plain.status, ((await plain.json()) as { error: string }).error]).toEqual([
    426,
    'Upgrade Required',
  ]);
});

it('the null arm refuses a bad request with one line and the end of the connection', async () => {
  await using tcp = await startTestServer('tcp');
  expect(JSON.parse(await readTcp(tcp, '/v1/streams/99'))).toEqual({
    type: 'stream-error',
    statusCode: 404,
    message: 'no stream 99 in this trial',
  });
  expect(JSON.parse(await readTcp(tcp, 'GET / HTTP/1.1'))).toMatchObject({
    type: 'stream-error',
    statusCode: 404,
  });
});

it('a server that is full refuses further streams with 503 on both twins', async () => {
  await using sse = await startTestServer('sse', { limits: { maxStreams: 0 } });
  await using ws = await startTestServer('ws', { limits: { maxStreams: 0 } });
  expect((await fetch(`http://127.0.0.1:${sse.port}/v1/streams/one?n=5`)).status).toBe(503);
  expect((await upgrade(ws, '/v1/ws/one?n=5')).status).toBe(503);
});

it('closing ends open streams in good order: SSE says bye, WebSocket closes with 1012', async () => {
  const slow = { ...fastWorkload, tokensPerSecond: 1 };
  const sse = await startTestServer('sse', { workload: slow });
  const ws = await startTestServer('ws', { workload: slow });
  const response = await fetch(`http://127.0.0.1:${sse.port}/v1/streams/one?n=40`);
  const socket = new WebSocket(`ws://127.0.0.1:${ws.port}/v1/ws/one?n=40`);
  await once(socket, 'message');
  const closed = once(socket, 'close');
  await Promise.all([sse.close(), ws.close()]);
  expect(await response.text()).toContain('event: bye');
  expect((await closed)[0]).toBe(1012);
  expect(sse.streams.openStreams + ws.streams.openStreams).toBe(0);
});

it('a client that vanishes is forgotten, on both twins', async () => {
  const slow = { ...fastWorkload, tokensPerSecond: 20 };
  await using sse = await startTestServer('sse', { workload: slow });
  await using ws = await startTestServer('ws', { workload: slow });
  const controller = new AbortController();
  const response = await fetch(`http://127.0.0.1:${sse.port}/v1/streams/one?n=40`, {
    signal: controller.signal,
  });
  const socket = new WebSocket(`ws://127.0.0.1:${ws.port}/v1/ws/one?n=40`);
  await once(socket, 'message');
  controller.abort();
  await response.text().catch(() => undefined);
  socket.terminate();
  await expect.poll(() => [sse.streams.openStreams, ws.streams.openStreams]).toEqual([0, 0]);
  expect([sse.streams.counts.cut, ws.streams.counts.cut]).toEqual([
    { 'client-gone': 1 },
    { 'client-gone': 1 },
  ]);
});

/** Reads nothing after the request, so the kernel's buffers fill and the server's writes stall. */
async function openWithoutReading(
  request: string,
  port: number,
): Promise<ReturnType<typeof connect>> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  socket.pause();
  return socket;
}

const requestOf = {
  sse: 'GET /v1/streams/one?n=100000&rate=10000&seed=1 HTTP/1.1\r\nHost: x\r\n\r\n',
  ws: 'GET /v1/ws/one?n=100000&rate=10000&seed=1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
} as const;

it.each(['sse', 'ws'] as const)(
  '%s: a receiver that stops reading is cut off at the cap, and its buffers stay bounded',
  async (transport) => {
    const workload = { ...fastWorkload, firstTokenMedianMs: 0 };
    await using server = await startTestServer(transport, {
      payload: 'openai',
      workload,
      limits: { backpressureBytes: 256 * 1024 },
    });
    const socket = await openWithoutReading(requestOf[transport], server.port);
    await expect
      .poll(() => server.streams.counts.backpressured, { timeout: 15_000 })
      .toBeGreaterThan(0);
    await expect
      .poll(() => server.streams.counts.cut, { timeout: 15_000 })
      .toEqual({ 'slow-consumer': 1 });
    await expect.poll(() => server.streams.openStreams).toBe(0);
    socket.destroy();
  },
);

it('an ordinary request is answered while streams run, on both twins', async () => {
  await using sse = await startTestServer('sse');
  await using ws = await startTestServer('ws');
  const streams = [
    readSse(sse, 'n=300&rate=500&seed=1'),
    readWebSocket(ws, 'n=300&rate=500&seed=1'),
  ];
  for (const { port } of [sse, ws]) {
    const canary = await autocannon({
      url: `http://127.0.0.1:${port}/healthz`,
      connections: 2,
      amount: 100,
    });
    expect([canary['2xx'], canary.errors, canary.non2xx]).toEqual([100, 0, 0]);
  }
  await Promise.all(streams);
});

async function heads(url: string): Promise<Set<number>> {
  const statuses = new Set<number>();
  for (let request = 0; request < 200; request++)
    statuses.add((await fetch(url, { method: 'HEAD' })).status);
  return statuses;
}

it('HEAD on a stream route starts no stream: 200 of them each get a head, on both twins', async () => {
  await using sse = await startTestServer('sse');
  await using ws = await startTestServer('ws');
  expect(await heads(`http://127.0.0.1:${sse.port}/v1/streams/one?n=40&rate=1`)).toEqual(
    new Set([200]),
  );
  expect(await heads(`http://127.0.0.1:${ws.port}/v1/ws/one?n=40&rate=1`)).toEqual(new Set([426]));
  expect([
    sse.streams.counts.opened,
    ws.streams.counts.opened,
    sse.streams.openStreams,
    ws.streams.openStreams,
  ]).toEqual([0, 0, 0, 0]);
});

it('a described stream that would last for more than an hour is refused on both twins', async () => {
  await using sse = await startTestServer('sse');
  await using ws = await startTestServer('ws');
  expect(
    (await fetch(`http://127.0.0.1:${sse.port}/v1/streams/one?n=100000&rate=0.01`)).status,
  ).toBe(400);
  expect((await upgrade(ws, '/v1/ws/one?n=100000&rate=0.01')).status).toBe(400);
});

/** Each request begins a stream of its own, with an epoch of its own. */
const withoutEpoch = (text: string): string => text.replaceAll(/^id: [^.]*/gm, 'id: ');

it('SSE is compressed for a client that accepts gzip, and for no other', async () => {
  await using server = await startTestServer('sse-gzip');
  const url = `http://127.0.0.1:${server.port}/v1/streams/one?${STREAM}`;
  const asked = async (accepted: string): Promise<{ coding: string | null; text: string }> => {
    const response = await fetch(url, { headers: { 'accept-encoding': accepted } });
    return { coding: response.headers.get('content-encoding'), text: await response.text() };
  };
  const plain = await asked('identity');
  expect(plain.coding).toBeNull();
  expect(plain.text.match(/^id: /gm)).toHaveLength(42);
  const packed = await asked('br, gzip');
  expect(packed.coding).toBe('gzip');
  expect(withoutEpoch(packed.text)).toBe(withoutEpoch(plain.text));
});
