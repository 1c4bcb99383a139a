// Clients that do not keep to the form of a session: both twins answer the same, and nothing of the
// session stays behind.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { makeChunks } from '../../bench/contract/chunks.ts';
import { planSessions } from '../../bench/contract/duplex.ts';
import { renderBinaryFrame } from '../../bench/contract/duplex-frames.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { smallTrial, startDuplexServer, type DuplexServer } from './duplex-fixture.ts';

const [session] = planSessions(smallTrial);
const chunks = makeChunks(smallTrial.duplex.frameBytes);

function frame(index: number): Buffer {
  const content = chunks[(session!.contentUp + index) % chunks.length] as Buffer;
  return renderBinaryFrame({ number: index + 1, isSpeech: false, content });
}

/** What the server says within a session that it ends. */
interface Told {
  readonly statusCode: number;
  readonly message: string;
}

/** A client of either twin that can do what it should not. */
interface BadClient {
  readonly send: (bytes: Buffer) => void;
  /** Ends the connection of the upload within it. */
  readonly cut: () => void;
  /** The server ends the session; undefined where nothing can be told any more. */
  readonly told: Promise<Told | undefined>;
}

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function rawSocket(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  closers.push(() => socket.destroy());
  return socket;
}

const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

async function overEventStream({ port }: DuplexServer, id: string): Promise<BadClient> {
  const down = rawSocket(port);
  down.write(`GET /v1/duplex/${id} HTTP/1.1\r\nHost: a\r\n\r\n`);
  let text = '';
  const told = new Promise<Told | undefined>((resolve) => {
    down.on('data', (bytes) => {
      text += bytes.toString();
      const [, error] = /event: stream-error\ndata: (.*)\n\n/.exec(text) ?? [];
      if (error !== undefined) resolve(pick(JSON.parse(error) as Told));
    });
    down.once('close', () => resolve(undefined));
  });
  await once(down, 'data');
  const up = rawSocket(port);
  up.write(
    `POST /v1/duplex/${id}/upload HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  return {
    send: (bytes) => void up.write(chunk(bytes)),
    cut: () => up.destroy(),
    told,
  };
}

async function overWebSocket({ port }: DuplexServer, id: string): Promise<BadClient> {
  const webSocket = new WebSocket(`ws://127.0.0.1:${port}/v1/duplex/${id}`, WEBSOCKET_PROTOCOL);
  closers.push(() => webSocket.terminate());
  const told = new Promise<Told | undefined>((resolve) => {
    webSocket.on('message', (message: Buffer, isBinary) => {
      if (!isBinary) resolve(pick(JSON.parse(message.toString()) as Told));
    });
    webSocket.once('close', () => resolve(undefined));
    webSocket.on('error', () => undefined);
  });
  await once(webSocket, 'open');
  return {
    send: (bytes) => webSocket.send(bytes),
    cut: () => webSocket.terminate(),
    told,
  };
}

const pick = ({ statusCode, message }: Told): Told => ({ statusCode, message });

/** The JSON that a request for a lane is refused with, before there is a session. */
async function refusalOf({ port }: DuplexServer, request: string): Promise<unknown> {
  const socket = rawSocket(port);
  socket.write(request);
  let text = '';
  while (!/\r\n\r\n\{.*\}/s.test(text)) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    text += bytes.toString();
  }
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n{')));
}

const upgrade = (id: string): string =>
  `GET /v1/duplex/${id} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n\r\n`;
const upload = (id: string): string =>
  `POST /v1/duplex/${id}/upload HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`;

const post = (body: string): string =>
  `POST /v1/duplex/s0/frames HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Waits until nothing of any session is left. */
async function expectNothingLeft({ sessions, countConnections }: DuplexServer): Promise<void> {
  await expect.poll(() => [sessions.openSessions, sessions.isWaiting]).toEqual([0, false]);
  for (const close of closers.splice(0)) close();
  await expect.poll(countConnections).toBe(0);
}

const twins = [
  { name: 'SSE', transport: 'sse', open: overEventStream, request: upload },
  { name: 'WebSocket', transport: 'ws-binary', open: overWebSocket, request: upgrade },
] as const;

describe.each(twins)('over $name', ({ transport, open, request }) => {
  it('a frame of the wrong size ends the session with 400', async () => {
    await using server = await startDuplexServer(transport);
    const client = await open(server, 's0');
    client.send(frame(0));
    client.send(frame(1).subarray(0, -1));
    // Only the end of a body shows that a frame in it is not whole: here it is the chunk of length 0.
    client.send(Buffer.alloc(0));
    expect(await client.told).toEqual({
      statusCode: 400,
      message: 'a frame has 64 bytes, not 63',
    });
    await expectNothingLeft(server);
  });

  it('an upload that never ends is ended with 408', async () => {
    await using server = await startDuplexServer(transport, { idleNs: 150 * NS_PER_MS });
    const client = await open(server, 's0');
    client.send(frame(0));
    expect(await client.told).toEqual({
      statusCode: 408,
      message: 'the upload did not end, and no frame came for 150 ms',
    });
    await expectNothingLeft(server);
  });

  it('an upload that goes on beyond its plan is ended with 400', async () => {
    await using server = await startDuplexServer(transport);
    const { frames } = session!;
    const client = await open(server, 's0');
    for (let index = 0; index <= frames; index++) client.send(frame(index));
    expect(await client.told).toEqual({
      statusCode: 400,
      message: `the session has ${frames} frames, and more were sent`,
    });
    await expectNothingLeft(server);
  });

  it('an upload that is cut ends the session, and is told where it can be', async () => {
    await using server = await startDuplexServer(transport);
    const client = await open(server, 's0');
    client.send(frame(0));
    await expect.poll(() => server.sessions.framesTaken('s0')).toBe(1);
    client.cut();
    const told = await client.told;
    // The one connection of a WebSocket is the one that was cut.
    expect(told).toEqual(
      transport === 'sse'
        ? { statusCode: 400, message: 'the upload was cut after 1 frames' }
        : undefined,
    );
    await expectNothingLeft(server);
    expect(server.sessions.tally().ended).toEqual({ 'cut-upload': 1 });
  });

  it('a second upload of a session is refused with 409, and the first goes on', async () => {
    await using server = await startDuplexServer(transport);
    const client = await open(server, 's0');
    client.send(frame(0));
    await expect.poll(() => server.sessions.framesTaken('s0')).toBe(1);
    expect(await refusalOf(server, request('s0'))).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'session s0 has its upload already',
    });
    client.send(frame(1));
    await expect.poll(() => server.sessions.framesTaken('s0')).toBe(2);
    client.cut();
    await expectNothingLeft(server);
  });

  it('an upload of an unknown session is refused with 404', async () => {
    await using server = await startDuplexServer(transport);
    expect(await refusalOf(server, request('s9'))).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'no session s9 in this trial',
    });
    await expectNothingLeft(server);
  });

  it('a session that is over is not opened again: 409', async () => {
    await using server = await startDuplexServer(transport);
    const client = await open(server, 's0');
    client.send(frame(0));
    await expect.poll(() => server.sessions.framesTaken('s0')).toBe(1);
    client.cut();
    await expect.poll(() => server.sessions.openSessions).toBe(0);
    expect(await refusalOf(server, request('s0'))).toEqual({
      statusCode: 409,
      error: 'Conflict',
      message: 'session s0 is over',
    });
  });

  it('a server that closes ends sessions that run', async () => {
    const server = await startDuplexServer(transport);
    const client = await open(server, 's0');
    client.send(frame(0));
    await server[Symbol.asyncDispose]();
    expect(server.sessions.openSessions).toBe(0);
    expect(server.sessions.isWaiting).toBe(false);
  });
});

describe('over SSE alone', () => {
  it('a POST of the wrong size is answered with 400 and ends the session', async () => {
    await using server = await startDuplexServer('sse');
    const refusal = {
      statusCode: 400,
      error: 'Bad Request',
      message: 'a frame has 64 bytes, not 5',
    };
    expect(await refusalOf(server, post('x'.repeat(10)))).toEqual(refusal);
    await expectNothingLeft(server);
  });

  it('an upload whose body ends within a frame is answered with 400', async () => {
    await using server = await startDuplexServer('sse');
    expect(await refusalOf(server, `${upload('s0')}5\r\nabcde\r\n0\r\n\r\n`)).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'a frame has 64 bytes, not 0',
    });
    await expectNothingLeft(server);
  });
});
