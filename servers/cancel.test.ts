// Stops of streams that run, on both twins: by a request, by a message, by a close and by going. The
// answers are the same, and nothing is left of a stream that was stopped.

import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import {
  CANCEL_MESSAGE,
  cancelPathOf,
  closeCodes,
  SESSION_PATH,
  type DoneEvent,
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
} from './running-stream-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from './twin-fixture.ts';

/** Its first token comes a second after the request. */
const slowStart = { ...fastWorkload, firstTokenMedianMs: 1000 };

async function cancel(server: TestServer, id: string, init: RequestInit = {}): Promise<Answer> {
  return await post(server, cancelPathOf(id), init);
}

function hashOf({ planned }: TestServer, tokens: number): string {
  return hashStreamText(planned.source, sliceStart(planned.source, SEED), tokens);
}

describe.each(['sse', 'ws'] as const)('%s', (transport) => {
  it('a request stops a stream: 200, and a done with the tokens and the hash of what was sent', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(2);
    expect(await cancel(server, 'one')).toEqual({
      status: 200,
      body: { id: 'one', cancelled: true },
    });
    const done = await heard.done;
    expect(done).toEqual({
      ...(transport === 'ws' && { type: 'done' }),
      s: heard.tokens() + 1,
      n: heard.tokens(),
      sha256: hashOf(server, heard.tokens()),
      finish: 'cancelled',
    });
    expect(server.streams.counts.cut).toEqual({ cancelled: 1 });
    await expectNothingLeft(server);
  });

  it('a second stop of a stream, and one of a stream that never began, is answered with 404', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await cancel(server, 'one');
    for (const id of ['one', 'another'])
      expect(await cancel(server, id)).toEqual({
        status: 404,
        body: {
          statusCode: 404,
          error: 'Not Found',
          message: `no stream ${id} runs here: it is over, or never began`,
        },
      });
    await heard.done;
    expect(server.streams.counts.cut).toEqual({ cancelled: 1 });
  });

  it('a stop of a stream that is over is answered with 404, and its done stays that of a whole one', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport, { query: `n=3&rate=2000&seed=${SEED}` });
    expect(await heard.done).toMatchObject({ n: 3, finish: 'stop' });
    expect((await cancel(server, 'one')).status).toBe(404);
    expect(server.streams.counts).toMatchObject({ finished: 1, cut: {} });
  });

  it('a stream that is stopped before its first token ends with a done of none', async () => {
    await using server = await startTestServer(transport, { workload: slowStart });
    const heard = await open(server, transport);
    await expect.poll(() => server.streams.openStreams, POLL).toBe(1);
    expect((await cancel(server, 'one')).status).toBe(200);
    expect(await heard.done).toMatchObject({
      s: 1,
      n: 0,
      sha256: hashOf(server, 0),
      finish: 'cancelled',
    });
    await expectNothingLeft(server);
  });

  it('a client that stops and goes at once leaves nothing, and counts once', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(0);
    const answer = cancel(server, 'one');
    heard.go();
    await answer;
    await expectNothingLeft(server);
    const { cut } = server.streams.counts;
    expect(Object.values(cut)).toEqual([1]);
  });

  it('a client that goes without a word stops its stream, too', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(0);
    heard.go();
    await expectNothingLeft(server);
    expect(server.streams.counts.cut).toEqual({ 'client-gone': 1 });
    expect((await cancel(server, 'one')).status).toBe(404);
  });

  it('of two streams the one that is named is stopped, and the other goes on', async () => {
    await using server = await startTestServer(transport);
    const [one, two] = [
      await open(server, transport, { id: 'one' }),
      await open(server, transport, { id: 'two' }),
    ];
    await cancel(server, 'one');
    await one.done;
    const before = two.tokens();
    await expect.poll(two.tokens, POLL).toBeGreaterThan(before);
    two.go();
  });

  it('a request of the wrong form is refused, and the stream goes on', async () => {
    await using server = await startTestServer(transport);
    const heard = await open(server, transport);
    const json = { 'content-type': 'application/json' };
    const refused = [
      await cancel(server, 'one', { body: ' '.repeat(16 * 1024 + 1), headers: json }),
      await cancel(server, 'one', { body: '{', headers: json }),
      await cancel(server, 'no.id'),
      await cancel(server, 'one', { method: 'PUT' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([413, 400, 400, 404]);
    const before = heard.tokens();
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(before);
    heard.go();
  });
});

describe('a message of a WebSocket', () => {
  it('stops its stream: a done with the tokens so far, and close code 1000', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    await expect.poll(heard.tokens, POLL).toBeGreaterThan(2);
    heard.send(CANCEL_MESSAGE);
    expect(await heard.done).toMatchObject({ n: heard.tokens(), finish: 'cancelled' });
    expect(heard.code()).toBe(closeCodes.normal);
    await expectNothingLeft(server);
  });

  it('that is sent twice stops it once', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    heard.send(CANCEL_MESSAGE);
    heard.send(CANCEL_MESSAGE);
    expect(await heard.done).toMatchObject({ finish: 'cancelled' });
    expect(heard.code()).toBe(closeCodes.normal);
    expect(server.streams.counts.cut).toEqual({ cancelled: 1 });
  });

  it('and the connection then gone leaves nothing', async () => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    heard.send(CANCEL_MESSAGE);
    heard.go();
    await expectNothingLeft(server);
    expect(Object.values(server.streams.counts.cut)).toEqual([1]);
  });

  it.each([
    ['is longer than the server takes', 'x'.repeat(16 * 1024 + 1), 1009],
    ['is empty', '', closeCodes.badRequest],
    ['is no JSON', 'stop', closeCodes.badRequest],
    [
      'asks for what this route does not have',
      '{"type":"start","id":"two"}',
      closeCodes.badRequest,
    ],
  ])('that %s closes the connection, and its stream with it', async (_what, text, code) => {
    await using server = await startTestServer('ws');
    const heard = await open(server, 'ws');
    heard.send(text);
    expect(await heard.done).toBeUndefined();
    expect(heard.code()).toBe(code);
    await expectNothingLeft(server);
    expect(server.streams.counts.cut).toEqual({ 'client-gone': 1 });
  });

  it('stops a stream on a connection that carries one after another, and the next one runs there', async () => {
    await using server = await startTestServer('ws', { population: populationOfTwo });
    const socket = new WebSocket(
      `ws://127.0.0.1:${server.port}${SESSION_PATH}`,
      WEBSOCKET_PROTOCOL,
      { perMessageDeflate: false },
    );
    const dones: DoneEvent[] = [];
    let tokens = 0;
    socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString();
      if (text.startsWith('{"type":"done"')) dones.push(JSON.parse(text) as DoneEvent);
      else if (!text.startsWith('{"type"')) tokens++;
    });
    await once(socket, 'open');
    socket.send('{"type":"start","id":"0"}');
    await expect.poll(() => tokens, POLL).toBeGreaterThan(0);
    socket.send(CANCEL_MESSAGE);
    // The second crosses the done of the first: it is no error, and stops nothing.
    socket.send(CANCEL_MESSAGE);
    await expect.poll(() => dones.length, POLL).toBe(1);
    expect(dones[0]).toMatchObject({ n: tokens, finish: 'cancelled' });
    socket.send('{"type":"start","id":"1"}');
    await expect.poll(() => dones.length, POLL).toBe(2);
    expect(dones[1]).toMatchObject({ n: 3, finish: 'stop' });
    socket.terminate();
    await expectNothingLeft(server);
  });
});

it('a stream of an API that was stopped has not the mark of its whole ones', async () => {
  await using server = await startTestServer('sse', { payload: 'openai' });
  const read = async (n: number): Promise<string> => {
    const response = await fetch(
      `http://127.0.0.1:${server.port}/v1/streams/one?n=${n}&rate=1000&seed=${SEED}`,
    );
    return await response.text();
  };
  expect(await read(2)).toContain('data: [DONE]');
  const stopped = read(60_000);
  await expect.poll(() => server.streams.counts.tokensWritten, POLL).toBeGreaterThan(4);
  await cancel(server, 'one');
  const text = await stopped;
  expect(text).toContain('"finish":"cancelled"');
  expect(text).not.toContain('[DONE]');
});

it('half a frame, and then nothing more, stops nothing until its connection is gone', async () => {
  await using server = await startTestServer('ws');
  const socket = connect(server.port, '127.0.0.1');
  socket.write(requestOf('ws', 'one'));
  await expect.poll(() => server.streams.counts.tokensWritten, POLL).toBeGreaterThan(0);
  // A masked text frame of 17 bytes, of which 3 come.
  socket.write(Buffer.from([0x81, 0x80 | 17, 1, 2, 3, 4, 0x7a, 0x20, 0x77]));
  const before = server.streams.counts.tokensWritten;
  await expect.poll(() => server.streams.counts.tokensWritten, POLL).toBeGreaterThan(before + 2);
  socket.destroy();
  await expectNothingLeft(server);
  expect(server.streams.counts.cut).toEqual({ 'client-gone': 1 });
});

it.each(['sse', 'ws'] as const)(
  '%s: no timer and no connection is left of streams that were stopped',
  async (transport) => {
    await using server = await startTestServer(transport);
    const before = countTimers();
    for (const id of ['one', 'two', 'three']) {
      const stream = connect(server.port, '127.0.0.1');
      stream.write(requestOf(transport, id));
      await once(stream, 'data');
      const stop = connect(server.port, '127.0.0.1');
      stop.write(`POST ${cancelPathOf(id)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const [answer] = (await once(stop, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 OK/);
      stream.destroy();
      stop.destroy();
    }
    await expect.poll(() => server.countConnections(), POLL).toBe(0);
    await expect.poll(countTimers, POLL).toBe(before);
    expect(server.streams.openStreams).toBe(0);
  },
);

function requestOf(transport: 'sse' | 'ws', id: string): string {
  const path = transport === 'sse' ? 'streams' : 'ws';
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${'A'.repeat(22)}==\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n`;
  return `GET /v1/${path}/${id}?${LONG} HTTP/1.1\r\nHost: x\r\n${transport === 'ws' ? upgrade : ''}\r\n`;
}

/** A long stream and a short one, which are asked for by their numbers. */
const populationOfTwo = {
  streams: 2,
  startNs: Float64Array.of(0, 0),
  tokens: Int32Array.of(100_000, 3),
  seeds: Uint32Array.of(SEED, SEED),
  slots: Int32Array.of(0, 0),
  base: Int32Array.of(0, 100_000),
  totalTokens: 100_003,
};
