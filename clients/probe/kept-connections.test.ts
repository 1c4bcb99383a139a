// Kept connections against servers whose answers the test decides.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { asInstant } from '../../bench/contract/units.ts';
import type { SocketCount, StreamClient } from '../stream-client.ts';
import { KeptConnections } from './kept-connections.ts';
import { openProbeClient } from './probe-client.ts';

const HEAD =
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const DONE = `${chunk('event: done\ndata: {}\n\n')}0\r\n\r\n`;
const RESPONSE = `${HEAD}${chunk('data: a\n\n')}${DONE}`;

interface Heard {
  readonly events: string[];
  readonly counts: SocketCount[];
}

interface Setting extends AsyncDisposable {
  readonly client: StreamClient;
  readonly heard: Heard;
  /** Requested streams, by connection. */
  readonly asked: string[][];
  /** Opens a stream in slot 0 and resolves once it is over. */
  readonly run: (stream: number) => Promise<void>;
}

/**
 * @param answer Writes the answer to the `request`-th request on the `connection`-th connection.
 */
async function start(
  answer: (
    socket: Socket,
    place: { readonly connection: number; readonly request: number },
  ) => void,
): Promise<Setting> {
  const asked: string[][] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const own: string[] = [];
    const connection = asked.push(own) - 1;
    socket
      .on('error', () => {})
      .on('data', (bytes) => {
        own.push(/^GET (\S+)/.exec(String(bytes))?.[1] ?? String(bytes));
        answer(socket, { connection, request: own.length - 1 });
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const heard: Heard = { events: [], counts: [] };
  let over: (() => void) | undefined;
  const note = (event: string): void => void heard.events.push(event);
  const client = openProbeClient('sse', {
    now: () => asInstant(performance.now()),
    listener: {
      onConnect: (stream) => note(`${stream} connect`),
      onAccept: (stream) => note(`${stream} accept`),
      onTokenBytes: (stream, buffer, from, to) =>
        note(`${stream} ${buffer.toString('utf8', from, to)}`),
      onTokenText: () => {},
      onControl: (stream, type) => note(`${stream} ${type}`),
      onEnd: (stream, count) => {
        note(`${stream} end`);
        heard.counts.push(count!);
        over?.();
      },
      onFailure: (stream, cause) => {
        note(`${stream} ${cause}`);
        over?.();
      },
    },
  });
  const { port } = server.address() as AddressInfo;
  const run = async (stream: number): Promise<void> =>
    await new Promise((resolve) => {
      over = resolve;
      client.open(stream, {
        host: '127.0.0.1',
        port,
        path: `/${stream}`,
        kept: { slot: 0, streamId: String(stream) },
      });
    });
  const stop = async (): Promise<void> => {
    await client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { client, heard, asked, run, [Symbol.asyncDispose]: stop };
}

const wholeStream = (stream: number): string[] =>
  ['connect', 'accept', 'a', 'done', 'end'].map((event) => `${stream} ${event}`);

it('responses follow one another on one socket, each counted by itself', async () => {
  await using setting = await start((socket) => socket.write(RESPONSE));
  for (const stream of [0, 1, 2]) await setting.run(stream);
  expect(setting.asked).toEqual([['/0', '/1', '/2']]);
  expect(setting.heard.events).toEqual([0, 1, 2].flatMap(wholeStream));
  const sent =
    'GET /0 HTTP/1.1\r\nHost: 127.0.0.1:12345\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n\r\n'
      .length;
  expect(setting.heard.counts).toEqual(
    [0, 1, 2].map(() => ({ bytesRead: RESPONSE.length, bytesSent: sent, headBytes: HEAD.length })),
  );
  expect(setting.client.kept!()).toEqual({ opened: 1, reused: 2, lost: 0 });
});

it('responses that are cut anywhere are as good as whole ones', async () => {
  await using setting = await start((socket, { request }) => {
    const cut = HEAD.length - 7 + 30 * request;
    socket.write(RESPONSE.slice(0, cut));
    // The second part is sent once the first has been read: the client sends nothing more until
    // then.
    setTimeout(() => socket.write(RESPONSE.slice(cut)), 5);
  });
  for (const stream of [0, 1, 2]) await setting.run(stream);
  expect(setting.heard.events).toEqual([0, 1, 2].flatMap(wholeStream));
  expect(setting.asked).toHaveLength(1);
});

it('bytes that follow the end of a response in one read fail the stream, as nobody asked for them', async () => {
  await using setting = await start((socket, { connection }) =>
    socket.write(connection === 0 ? RESPONSE + RESPONSE : RESPONSE),
  );
  await setting.run(0);
  await setting.run(1);
  expect(setting.heard.events.findLast((event) => event.startsWith('0 '))).toBe('0 protocol');
  expect(setting.heard.events.slice(-5)).toEqual(wholeStream(1));
  expect(setting.asked).toEqual([['/0'], ['/1']]);
});

it('bytes that come while a connection waits lose it, and the next stream opens another', async () => {
  const sockets: Socket[] = [];
  await using setting = await start((socket) => {
    sockets.push(socket);
    socket.write(RESPONSE);
  });
  await setting.run(0);
  sockets[0]!.write(RESPONSE);
  await expect.poll(() => setting.client.kept!().lost).toBe(1);
  await setting.run(1);
  expect(setting.heard.events).toEqual([0, 1].flatMap(wholeStream));
  expect(setting.client.kept!()).toEqual({ opened: 2, reused: 0, lost: 1 });
});

it('a connection that the server closes in between is replaced, and counted as lost', async () => {
  await using setting = await start((socket, { connection }) => {
    if (connection === 0) socket.end(RESPONSE);
    else socket.write(RESPONSE);
  });
  await setting.run(0);
  await expect.poll(() => setting.client.kept!().lost).toBe(1);
  await setting.run(1);
  await setting.run(2);
  expect(setting.heard.events).toEqual([0, 1, 2].flatMap(wholeStream));
  expect(setting.asked).toEqual([['/0'], ['/1', '/2']]);
  expect(setting.client.kept!()).toEqual({ opened: 2, reused: 1, lost: 1 });
});

it('a server that says it will close is not asked again on that connection', async () => {
  const closing = RESPONSE.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
  await using setting = await start((socket) => socket.write(closing));
  await setting.run(0);
  await setting.run(1);
  expect(setting.asked).toEqual([['/0'], ['/1']]);
  expect(setting.client.kept!()).toEqual({ opened: 2, reused: 0, lost: 0 });
});

it('a connection that breaks within a stream fails that stream and is not kept', async () => {
  await using setting = await start((socket, { connection, request }) => {
    if (connection === 0 && request === 1) socket.resetAndDestroy();
    else socket.write(RESPONSE);
  });
  for (const stream of [0, 1, 2]) await setting.run(stream);
  expect(setting.heard.events.filter((event) => event.startsWith('1 '))).toEqual([
    '1 connect',
    '1 ECONNRESET',
  ]);
  expect(setting.heard.events.slice(-5)).toEqual(wholeStream(2));
  expect(setting.client.kept!()).toEqual({ opened: 2, reused: 1, lost: 0 });
});

it('a stream whose slot is still busy opens a connection of its own, and one of the two is kept', () => {
  const dropped: string[] = [];
  const connection = (name: string): { drop: () => void } => ({
    drop: () => void dropped.push(name),
  });
  const kept = new KeptConnections();
  const [first, second] = [connection('first'), connection('second')];
  expect([kept.take(3), kept.take(3)]).toEqual([undefined, undefined]);
  kept.put(3, first);
  kept.put(3, second);
  expect(dropped).toEqual(['second']);
  kept.lose(3, second);
  expect(kept.take(3)).toBe(first);
  expect(kept.counts).toEqual({ opened: 2, reused: 1, lost: 0 });
});
