import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import { renderStart, SESSION_PATH } from '../bench/contract/control-events.ts';
import { testPopulation } from './kept-fixture.ts';
import { fastWorkload, startTestServer, type TestServer } from './twin-fixture.ts';

interface Session {
  readonly socket: WebSocket;
  readonly messages: string[];
  readonly closeCode: Promise<number>;
  /** Resolves once this many streams are done. */
  readonly done: (streams: number) => Promise<void>;
}

async function openSession(server: TestServer): Promise<Session> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${SESSION_PATH}`, WEBSOCKET_PROTOCOL, {
    perMessageDeflate: false,
  });
  const messages: string[] = [];
  let waiting: (() => void) | undefined;
  socket.on('message', (message: Buffer) => {
    messages.push(message.toString());
    waiting?.();
  });
  const closeCode = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const doneCount = (): number =>
    messages.filter((message) => message.startsWith('{"type":"done"')).length;
  const done = async (streams: number): Promise<void> =>
    await new Promise((resolve) => {
      waiting = () => {
        if (doneCount() >= streams) resolve();
      };
      waiting();
    });
  return { socket, messages, closeCode, done };
}

it('one WebSocket carries stream after stream, each as on a socket of its own', async () => {
  await using server = await startTestServer('ws', { population: testPopulation });
  const session = await openSession(server);
  for (const stream of [0, 1, 2]) {
    session.socket.send(renderStart(String(stream)));
    await session.done(stream + 1);
  }
  expect(session.socket.readyState).toBe(WebSocket.OPEN);
  const own: string[] = [];
  for (const stream of [0, 1, 2]) {
    const socket = new WebSocket(
      `ws://127.0.0.1:${server.port}/v1/ws/${stream}`,
      WEBSOCKET_PROTOCOL,
      { perMessageDeflate: false },
    );
    socket.on('message', (message: Buffer) => own.push(message.toString()));
    await once(socket, 'close');
  }
  expect(session.messages).toEqual(own);
  session.socket.close();
  expect(await session.closeCode).toBe(1005);
});

it('a stream is over with its `done`, and its bytes are those since its start', async () => {
  await using server = await startTestServer('ws', { population: testPopulation });
  const session = await openSession(server);
  session.socket.send(renderStart('0'));
  await session.done(1);
  await expect.poll(() => server.streams.counts.bytesWritten).toBeGreaterThan(0);
  const first = server.streams.counts.bytesWritten;
  session.socket.send(renderStart('0'));
  await session.done(2);
  await expect.poll(() => server.streams.counts.bytesWritten).toBe(2 * first);
  expect(server.streams.openStreams).toBe(0);
  expect(server.streams.counts).toMatchObject({ opened: 2, finished: 2, headBytes: 0, cut: {} });
});

it.each([
  ['a stream while another runs', [renderStart('2'), renderStart('1')], 1008],
  ['something that is no message', ['start, please'], 1008],
  ['a message of another route', ['{"type":"resume","after":"abcd.1"}'], 1008],
  ['a stream that no trial planned', [renderStart('99')], 4404],
] as const)('who asks for %s is closed', async (_what, sent, code) => {
  await using server = await startTestServer('ws', { population: testPopulation });
  const session = await openSession(server);
  for (const text of sent) session.socket.send(text);
  expect(await session.closeCode).toBe(code);
});

it('who asks for a stream of a full server is told to come later', async () => {
  await using server = await startTestServer('ws', {
    population: testPopulation,
    limits: { maxStreams: 0 },
  });
  const session = await openSession(server);
  session.socket.send(renderStart('0'));
  expect(await session.closeCode).toBe(1013);
});

it('a client that goes away within a stream is counted as gone', async () => {
  await using server = await startTestServer('ws', {
    population: testPopulation,
    workload: { ...fastWorkload, tokensPerSecond: 1 },
  });
  const session = await openSession(server);
  session.socket.send(renderStart('2'));
  await once(session.socket, 'message');
  session.socket.terminate();
  await expect.poll(() => server.streams.counts.cut).toEqual({ 'client-gone': 1 });
  expect(server.streams.openStreams).toBe(0);
});

it('the server closes the sockets that wait for nothing when it stops', async () => {
  const server = await startTestServer('ws', { population: testPopulation });
  const session = await openSession(server);
  await server.close();
  expect(await session.closeCode).toBe(1006);
});

it('a plain GET of the route is told to upgrade; where streams outlive their connections there is no such route', async () => {
  await using server = await startTestServer('ws');
  await using lasting = await startTestServer('ws', { recovery: {} });
  expect((await fetch(`http://127.0.0.1:${server.port}${SESSION_PATH}`)).status).toBe(426);
  expect((await fetch(`http://127.0.0.1:${lasting.port}${SESSION_PATH}`)).status).toBe(404);
});
