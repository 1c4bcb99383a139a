// Input to streams that run, on both twins: by a request and by a message. The answers are the same,
// each input is a token once, and nothing is left.

import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import {
  closeCodes,
  MOST_STEER_CHARACTERS,
  renderSteer,
  renderSteerMessage,
  SESSION_PATH,
  steerPathOf,
} from '../bench/contract/control-events.ts';
import { hashStreamText, sliceStart } from '../bench/contract/workload.ts';
import {
  countTimers,
  expectNothingLeft,
  LONG,
  openHeard as open,
  POLL,
  post,
  SEED,
  type Answer,
  type Heard,
} from './running-stream-fixture.ts';
import { MOST_WAITING_STEERS } from './steering.ts';
import { fastWorkload, startTestServer, type TestServer } from './twin-fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

async function steer(server: TestServer, text: string, id = 'one'): Promise<Answer> {
  return await postBody(server, renderSteer(text), id);
}

async function postBody(server: TestServer, body: string, id = 'one'): Promise<Answer> {
  return await post(server, steerPathOf(id), { body, headers: JSON_TYPE });
}

const accepted = { status: 200, body: { id: 'one', steered: true } };

const refusal = (status: number, error: string, message: unknown): Answer => ({
  status,
  body: { statusCode: status, error, message },
});

const notRunning = (id: string): Answer =>
  refusal(404, 'Not Found', `no stream ${id} runs here: it is over, or never began`);

/** The texts that the plan has for the first tokens. */
function plannedTexts({ planned: { source } }: TestServer, tokens: number): readonly string[] {
  const start = sliceStart(source, SEED);
  return Array.from(
    { length: tokens },
    (_, index) => source.tokens[(start + index) % source.tokens.length] as string,
  );
}

/** Whether tokens come on. */
async function expectGoesOn(heard: Heard): Promise<void> {
  const before = heard.tokens();
  await expect.poll(heard.tokens, POLL).toBeGreaterThan(before + 1);
}

/** The buffers between both ends are full: no token is written for longer than their gap. */
async function expectBlocked({ streams: { counts } }: TestServer): Promise<void> {
  let before = -1;
  const isBlocked = (): boolean => {
    const isStill = counts.backpressured > 0 && counts.tokensWritten === before;
    before = counts.tokensWritten;
    return isStill;
  };
  await expect.poll(isBlocked, { interval: 50 }).toBe(true);
}

describe.each(['sse', 'ws'] as const)('%s', (transport) => {
  it('a request gives a stream input: 200, and the text is its next token', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(2);
    expect(await steer(server, 'The other way, please.')).toEqual(accepted);
    await expect.poll(() => heard.texts().includes('The other way, please.'), POLL).toBe(true);
    await expectGoesOn(heard);
    const texts = heard.texts();
    const place = texts.indexOf('The other way, please.');
    const expected = [...plannedTexts(server, texts.length)];
    expected[place] = 'The other way, please.';
    expect(texts).toEqual(expected);
    heard.go();
    await expectNothingLeft(server);
  });

  it('a quiet stream sends the input at once, and what was planned when it was due', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=100&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    await steer(server, 'now');
    await expect.poll(() => heard.texts().at(-1), POLL).toBe('now');
    expect(heard.tokens()).toBe(2);
    heard.go();
  });

  it('an input before the first token is the first token', async () => {
    await using server = await startTestServer(transport, {
      workload: { ...fastWorkload, firstTokenMedianMs: 5000 },
    });
    const heard = await open(server, transport);
    await expect.poll(() => server.streams.openStreams, POLL).toBe(1);
    expect(await steer(server, 'first')).toEqual(accepted);
    await expect.poll(heard.texts, POLL).toEqual(['first']);
    heard.go();
  });

  it('the same input twice is two inputs, each once and in order', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=100&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    for (const text of ['again', 'again', 'and last'])
      expect(await steer(server, text)).toEqual(accepted);
    await expect.poll(() => heard.texts().slice(1), POLL).toEqual(['again', 'again', 'and last']);
    heard.go();
  });

  it('inputs are counted among the tokens of a stream, and are in the hash of its done', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=3&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    await steer(server, 'two');
    await steer(server, 'three');
    const { source } = server.planned;
    const inputs = new Map([
      [1, 'two'],
      [2, 'three'],
    ]);
    expect(await heard.done).toMatchObject({
      n: 3,
      sha256: hashStreamText(source, sliceStart(source, SEED), 3, inputs),
      finish: 'stop',
    });
    expect(server.streams.counts).toMatchObject({ finished: 1, cut: {} });
    await expectNothingLeft(server);
  });

  it('so are they where a stream is stopped', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=100&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    await steer(server, 'two');
    expect(server.streams.cancel('one')).toBe(true);
    const { source } = server.planned;
    expect(await heard.done).toMatchObject({
      n: 2,
      sha256: hashStreamText(source, sliceStart(source, SEED), 2, new Map([[1, 'two']])),
      finish: 'cancelled',
    });
  });

  it('input to a stream that is over, was stopped or never began is answered with 404', async () => {
    await using server = await startTestServer(transport);
    const over = await open(server, transport, { query: `n=3&rate=2000&seed=${SEED}` });
    expect(await over.done).toMatchObject({ finish: 'stop' });
    expect(await steer(server, 'late')).toEqual(notRunning('one'));
    const stopped = await open(server, transport, { id: 'two' });
    server.streams.cancel('two');
    await stopped.done;
    expect(await steer(server, 'late', 'two')).toEqual(notRunning('two'));
    expect(await steer(server, 'early', 'three')).toEqual(notRunning('three'));
    expect(over.texts()).not.toContain('late');
  });

  it('input to a stream whose client has gone is answered with 404', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(0);
    heard.go();
    await expectNothingLeft(server);
    expect(await steer(server, 'late')).toEqual(notRunning('one'));
  });

  it.each([
    ['no text', '{}'],
    ['an empty text', '{"text":""}'],
    ['a number for a text', '{"text":5}'],
    ['no object', '"text"'],
    ['nothing', 'null'],
    ['a text that is too long', renderSteer('x'.repeat(MOST_STEER_CHARACTERS + 1))],
  ])('a body with %s is answered with 400, and the stream goes on', async (_what, body) => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    expect(await postBody(server, body)).toEqual(
      refusal(
        400,
        'Bad Request',
        `the body must be {"text": …} with a text of 1 to ${MOST_STEER_CHARACTERS} characters`,
      ),
    );
    await expectGoesOn(heard);
    heard.go();
  });

  it('a request of the wrong form is refused, and the stream goes on', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    const path = steerPathOf('one');
    const refused = [
      await postBody(server, renderSteer('x'.repeat(16 * 1024 + 1))),
      await postBody(server, '{'),
      await postBody(server, renderSteer('x'), 'no.id'),
      await post(server, path, { body: 'text', headers: { 'content-type': 'text/html' } }),
      await post(server, path),
      await post(server, path, { method: 'PUT' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([413, 400, 400, 415, 400, 404]);
    await expectGoesOn(heard);
    expect(heard.texts()).toEqual(plannedTexts(server, heard.tokens()));
    heard.go();
  });

  it('a text of as many characters as may be is taken up, whatever they are', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=100&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    const text = '\u2028"\\\n→🙂'.padEnd(MOST_STEER_CHARACTERS, 'é');
    expect(await steer(server, text)).toEqual(accepted);
    await expect.poll(() => heard.texts().at(-1), POLL).toBe(text);
    heard.go();
  });

  it('inputs wait while a socket is full, as many as may, and the next is answered with 429', async () => {
    // The stream is not cut off, however long the client does not read.
    await using server = await startTestServer(transport, {
      limits: { backpressureBytes: 2 ** 30 },
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    // Payloads of 64 KiB fill the socket of a client that reads nothing.
    socket.write(requestOf(transport, `n=2000&rate=5000&seed=${SEED}&pad=65536`));
    await expectBlocked(server);
    const waiting = Array.from({ length: MOST_WAITING_STEERS }, (_, index) => `input ${index}`);
    for (const text of waiting) expect(await steer(server, text)).toEqual(accepted);
    expect(await steer(server, 'one too many')).toEqual(
      refusal(429, 'Too Many Requests', 'stream one has as many inputs waiting as it may'),
    );
    const before = server.streams.counts.tokensWritten;
    let received = '';
    socket.on('data', (bytes: Buffer) => (received += bytes.toString('latin1')));
    await expect.poll(() => received.includes(waiting.at(-1)!), POLL).toBe(true);
    const places = waiting.map((text) => received.indexOf(`"${text}"`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(received).not.toContain('one too many');
    expect(server.streams.counts.tokensWritten).toBeGreaterThanOrEqual(
      before + MOST_WAITING_STEERS,
    );
    socket.destroy();
    await expectNothingLeft(server);
  });

  it('a stream that outlives its connection takes no input: 409', async () => {
    await using server = await startTestServer(transport, { recovery: {} });
    const heard = await open(server, transport);
    expect(await steer(server, 'x')).toEqual(refusal(409, 'Conflict', 'stream one takes no input'));
    expect(await steer(server, 'x', 'two')).toEqual(notRunning('two'));
    heard.go();
  });

  it('nor does one whose tokens are bytes', async () => {
    await using server = await startTestServer(transport, { payload: 'audio' });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(requestOf(transport, LONG));
    await expect.poll(() => server.streams.openStreams, POLL).toBe(1);
    expect((await steer(server, 'x')).status).toBe(409);
    socket.destroy();
    await expectNothingLeft(server);
  });

  it('no timer and no connection is left of streams that were steered, and went', async () => {
    await using server = await startTestServer(transport);
    const before = countTimers();
    for (const id of ['one', 'two', 'three']) {
      const stream = connect(server.port, '127.0.0.1');
      stream.write(requestOf(transport, LONG, id));
      await once(stream, 'data');
      const request = connect(server.port, '127.0.0.1');
      const body = renderSteer('x');
      request.write(
        `POST ${steerPathOf(id)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      const [answer] = (await once(request, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
      stream.destroy();
      request.destroy();
    }
    await expect.poll(() => server.countConnections(), POLL).toBe(0);
    await expect.poll(countTimers, POLL).toBe(before);
    expect(server.streams.openStreams).toBe(0);
  });
});

describe('a message of a WebSocket', () => {
  it('gives its stream input, and the token is its answer', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(2);
    heard.send(renderSteerMessage('by message'));
    await expect.poll(() => heard.texts().includes('by message'), POLL).toBe(true);
    await expectGoesOn(heard);
    heard.go();
    await expectNothingLeft(server);
  });

  it('that is sent twice is two inputs', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws', { query: `n=100&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    heard.send(renderSteerMessage('again'));
    heard.send(renderSteerMessage('again'));
    await expect.poll(() => heard.texts().slice(1), POLL).toEqual(['again', 'again']);
    heard.go();
  });

  it('that crosses the done of its stream is no error', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws', { query: `n=2&rate=0.1&seed=${SEED}` });
    await expect.poll(heard.tokens, POLL).toBe(1);
    heard.send(renderSteerMessage('last'));
    heard.send(renderSteerMessage('too late'));
    expect(await heard.done).toMatchObject({ n: 2, finish: 'stop' });
    expect(heard.texts().slice(1)).toEqual(['last']);
    expect(heard.code()).toBe(closeCodes.normal);
  });

  it.each([
    ['has no text', '{"type":"steer"}', closeCodes.badRequest],
    ['has an empty text', renderSteerMessage(''), closeCodes.badRequest],
    ['has a number for a text', '{"type":"steer","text":5}', closeCodes.badRequest],
    [
      'has a text that is too long',
      renderSteerMessage('x'.repeat(MOST_STEER_CHARACTERS + 1)),
      closeCodes.badRequest,
    ],
    ['is longer than the server takes', renderSteerMessage('x'.repeat(16 * 1024 + 1)), 1009],
  ])('that %s closes the connection, and its stream with it', async (_what, text, code) => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    heard.send(text);
    expect(await heard.done).toBeUndefined();
    expect(heard.code()).toBe(code);
    await expectNothingLeft(server);
  });

  it('closes with 1008 where streams outlive their connections', async () => {
    await using server = await startTestServer('ws', { recovery: {} });
    const heard = await open(server, 'ws');
    heard.send(renderSteerMessage('x'));
    expect(await heard.done).toBeUndefined();
    expect(heard.code()).toBe(closeCodes.badRequest);
  });

  it('steers the stream that runs on a connection that carries one after another', async () => {
    await using server = await startTestServer('ws', { population: populationOfOne });
    const socket = new WebSocket(
      `ws://127.0.0.1:${server.port}${SESSION_PATH}`,
      WEBSOCKET_PROTOCOL,
      { perMessageDeflate: false },
    );
    const received: string[] = [];
    socket.on('message', (bytes: Buffer) => received.push(bytes.toString()));
    await once(socket, 'open');
    // No stream runs yet: it is no error, and no stream has it.
    socket.send(renderSteerMessage('too early'));
    socket.send('{"type":"start","id":"0"}');
    await expect.poll(() => received.length, POLL).toBeGreaterThan(2);
    socket.send(renderSteerMessage('in session'));
    await expect.poll(() => received.some((text) => text.includes('in session')), POLL).toBe(true);
    expect(received.some((text) => text.includes('too early'))).toBe(false);
    socket.terminate();
    await expectNothingLeft(server);
  });
});

function requestOf(transport: 'sse' | 'ws', query: string, id = 'one'): string {
  const path = transport === 'sse' ? 'streams' : 'ws';
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${'A'.repeat(22)}==\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n`;
  return `GET /v1/${path}/${id}?${query} HTTP/1.1\r\nHost: x\r\n${transport === 'ws' ? upgrade : ''}\r\n`;
}

/** A long stream that is asked for by its number. */
const populationOfOne = {
  streams: 1,
  startNs: Float64Array.of(0),
  tokens: Int32Array.of(100_000),
  seeds: Uint32Array.of(SEED),
  slots: Int32Array.of(0),
  base: Int32Array.of(0),
  totalTokens: 100_000,
};
