// Streams that share a connection of a library, against servers that do what the twins never do.

import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { renderLane, renderTyped } from '../../bench/contract/control-events.ts';
import { asInstant } from '../../bench/contract/units.ts';
import type { SocketCount, StreamClient } from '../stream-client.ts';
import { openLibraryClient } from './library-client.ts';

interface Heard {
  readonly client: StreamClient;
  /** `token one`, `end`, `failure h2-CANCEL`, led by the stream. */
  readonly events: string[];
  readonly counts: Map<number, SocketCount | undefined>;
  readonly stamps: Map<string, number>;
  readonly ended: (streams: number) => Promise<void>;
}

function hear(transport: 'sse-h2' | 'ws-mux'): Heard {
  const events: string[] = [];
  const counts = new Map<number, SocketCount | undefined>();
  const stamps = new Map<string, number>();
  let time = 0;
  let over = 0;
  const client = openLibraryClient(transport, {
    now: () => asInstant(time++),
    listener: {
      onConnect: () => {},
      onAccept: () => {},
      onTokenBytes: () => {},
      onTokenText: (stream, payload, at) => {
        events.push(`${stream} token ${payload}`);
        stamps.set(`${stream} ${payload}`, at);
      },
      onControl: (stream, type) => void events.push(`${stream} ${type}`),
      onEnd: (stream, count) => {
        events.push(`${stream} end`);
        counts.set(stream, count);
        over++;
      },
      onFailure: (stream, cause, message) => {
        events.push(`${stream} failure ${cause}: ${message}`);
        over++;
      },
    },
  });
  const ended = async (streams: number): Promise<void> =>
    await expect.poll(() => over, { timeout: 5000 }).toBe(streams);
  return { client, events, counts, stamps, ended };
}

function open({ client }: Heard, port: number, streams: readonly number[]): void {
  for (const stream of streams)
    client.open(stream, {
      host: '127.0.0.1',
      port,
      path: `/v1/streams/${stream}`,
      shared: { connection: 0, streamId: String(stream) },
    });
}

const EVENTS = { ':status': 200, 'content-type': 'text/event-stream' };
const event = (data: string): string => `data: ${data}\n\n`;
const DONE = `event: done\n${event('{}')}`;

/** A server of HTTP/2 that does this with each request, by its path. */
async function startHttp2(
  serve: (stream: ServerHttp2Stream, path: string) => void,
): Promise<AsyncDisposable & { readonly port: number; readonly sessions: () => number }> {
  let sessions = 0;
  const server = createServer();
  const open = new Set<{ destroy: () => void }>();
  server.on('session', (session) => {
    sessions++;
    open.add(session);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    serve(stream, String(headers[':path']));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sessions: () => sessions,
    [Symbol.asyncDispose]: async () => {
      for (const session of open) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

it('HTTP/2: a stream that is reset fails by the name of the code, and the others on its connection go on', async () => {
  await using server = await startHttp2((stream, path) => {
    stream.respond(EVENTS);
    if (path.endsWith('/1')) {
      stream.write(event('one'), () => stream.destroy(new Error('broken on purpose')));
      return;
    }
    stream.end(event('two') + DONE);
  });
  const heard = hear('sse-h2');
  open(heard, server.port, [1, 2]);
  await heard.ended(2);
  await heard.client.close();
  expect(heard.events.filter((one) => one.startsWith('1'))).toEqual([
    '1 token one',
    '1 failure h2-INTERNAL_ERROR: the server reset the stream (INTERNAL_ERROR) before `done`',
  ]);
  expect(heard.events.filter((one) => one.startsWith('2'))).toEqual([
    '2 token two',
    '2 done',
    '2 end',
  ]);
  expect(heard.counts.get(2)).toEqual({
    bytesRead: (event('two') + DONE).length,
    headBytes: 0,
  });
  expect(server.sessions()).toBe(1);
});

it.each<[string, Record<string, string | number>, string, string]>([
  ['another status', { ':status': 503 }, 'busy', 'http-503: the server answered 503: busy'],
  [
    'another content type',
    { ':status': 200, 'content-type': 'text/plain' },
    'hello',
    'protocol: content-type is text/plain, not text/event-stream',
  ],
  [
    'an encoding that was not asked for',
    { ...EVENTS, 'content-encoding': 'br' },
    'x',
    'protocol: content-encoding is br, which was not asked for',
  ],
  ['an end before `done`', EVENTS, event('one'), 'closed-early: the stream ended before `done`'],
  [
    'an unknown event',
    EVENTS,
    `event: surprise\n${event('{}')}`,
    'protocol: unknown control event "surprise"',
  ],
])('HTTP/2: %s is one failure that says so', async (_what, head, body, failure) => {
  await using server = await startHttp2((stream) => {
    stream.respond(head);
    stream.end(body);
  });
  const heard = hear('sse-h2');
  open(heard, server.port, [1]);
  await heard.ended(1);
  await heard.client.close();
  expect(heard.events.filter((one) => one.includes('failure'))).toEqual([`1 failure ${failure}`]);
});

it('HTTP/2: once the server leaves a connection its streams may end, and the next stream opens another', async () => {
  await using server = await startHttp2((stream, path) => {
    stream.respond(EVENTS);
    if (!path.endsWith('/1')) {
      stream.end(DONE);
      return;
    }
    stream.write(event('one'));
    stream.session?.goaway();
    setImmediate(() => stream.end(DONE));
  });
  const heard = hear('sse-h2');
  open(heard, server.port, [1]);
  await heard.ended(1);
  open(heard, server.port, [2]);
  await heard.ended(2);
  await heard.client.close();
  expect(heard.events).toEqual(['1 token one', '1 done', '1 end', '2 done', '2 end']);
  expect(server.sessions()).toBe(2);
});

it('HTTP/2: a stream that is abandoned is silent, and the connection stays for the others', async () => {
  const reset = Promise.withResolvers<number>();
  await using server = await startHttp2((stream, path) => {
    stream.respond(EVENTS);
    if (path.endsWith('/1')) {
      stream.on('close', () => reset.resolve(stream.rstCode));
      stream.write(event('one'));
    } else stream.end(DONE);
  });
  const heard = hear('sse-h2');
  open(heard, server.port, [1]);
  await expect.poll(() => heard.events).toEqual(['1 token one']);
  heard.client.abandon(1);
  expect(await reset.promise).toBe(constants.NGHTTP2_CANCEL);
  open(heard, server.port, [2]);
  await heard.ended(1);
  await heard.client.close();
  expect(heard.events).toEqual(['1 token one', '2 done', '2 end']);
  expect(server.sessions()).toBe(1);
});

/** A WebSocket server that answers each message with what this returns for it. */
async function startWebSocket(
  answer: (webSocket: WebSocket, message: { type: string; id?: string; lane: number }) => void,
): Promise<AsyncDisposable & { readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const server: Server = createHttpServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => WEBSOCKET_PROTOCOL });
  sockets.on('connection', (webSocket) => {
    connections++;
    webSocket.on('message', (bytes: Buffer) =>
      answer(webSocket, JSON.parse(bytes.toString()) as { type: string; lane: number }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      for (const webSocket of sockets.clients) webSocket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

const done = (lane: number): string => renderLane(lane) + renderTyped('done', {});

it('WebSocket: a stream that is refused fails by its status, and the others on its connection go on', async () => {
  await using server = await startWebSocket((webSocket, { id, lane }) => {
    const prefix = renderLane(lane);
    if (id === '1') webSocket.send(prefix + renderTyped('stream-error', { status: 404 }));
    else {
      webSocket.send(`${prefix}{"d":"two"}`);
      webSocket.send(done(lane));
    }
  });
  const heard = hear('ws-mux');
  open(heard, server.port, [1, 2]);
  await heard.ended(2);
  await heard.client.close();
  expect(heard.events).toEqual([
    expect.stringMatching(/^1 failure http-404: the server refused the stream/) as string,
    '2 token {"d":"two"}',
    '2 done',
    '2 end',
  ]);
  expect(server.connections()).toBe(1);
});

it.each<[string, (webSocket: WebSocket, lane: number) => void, string]>([
  [
    'a message on a lane that is free',
    (webSocket) => webSocket.send('zz{}'),
    'protocol: a message on lane 1295, which is free',
  ],
  [
    'a message without a lane',
    (webSocket) => webSocket.send('{"d":"x"}'),
    'protocol: a message that is not led by the number of its lane',
  ],
  [
    'a close before `done`',
    (webSocket) => webSocket.close(1012),
    'closed-1012: the server closed with 1012 before `done`',
  ],
  [
    'the end of the connection',
    (webSocket) => webSocket.terminate(),
    'closed-early: the connection ended before `done`',
  ],
])(
  'WebSocket: %s is the failure of every stream on the connection, once each',
  async (_what, act, failure) => {
    let asked = 0;
    await using server = await startWebSocket((webSocket, { lane }) => {
      asked++;
      if (asked === 2) act(webSocket, lane);
    });
    const heard = hear('ws-mux');
    open(heard, server.port, [1, 2]);
    await heard.ended(2);
    await heard.client.close();
    expect(heard.events).toEqual([`1 failure ${failure}`, `2 failure ${failure}`]);
  },
);

it('WebSocket: a lane is taken again once its stream is done, and kept while an abandoned one may still be heard of', async () => {
  const lanes: string[] = [];
  await using server = await startWebSocket((webSocket, { type, id, lane }) => {
    lanes.push(`${type} ${id ?? ''} ${lane}`);
    if (type === 'start' && id !== '2') webSocket.send(done(lane));
  });
  const heard = hear('ws-mux');
  open(heard, server.port, [1]);
  await heard.ended(1);
  open(heard, server.port, [2]);
  await expect.poll(() => lanes).toEqual(['start 1 0', 'start 2 0']);
  heard.client.abandon(2);
  open(heard, server.port, [3]);
  await heard.ended(2);
  await heard.client.close();
  expect(lanes).toEqual(['start 1 0', 'start 2 0', 'cancel  0', 'start 3 1']);
  expect(heard.events).toEqual(['1 done', '1 end', '3 done', '3 end']);
});

it('tokens of several streams that came in one read have one stamp, and are one read', async () => {
  const waiting: [ServerHttp2Stream, string][] = [];
  await using server = await startHttp2((stream, path) => {
    stream.respond(EVENTS);
    waiting.push([stream, path]);
    if (waiting.length < 2) return;
    const [[first], [second]] = waiting as [
      [ServerHttp2Stream, string],
      [ServerHttp2Stream, string],
    ];
    // Written in one turn, so that node:http2 sends them together.
    setImmediate(() => {
      first.write(event('one'));
      second.write(event('one'));
    });
  });
  const heard = hear('sse-h2');
  open(heard, server.port, [1, 2]);
  await expect.poll(() => heard.events.length).toBe(2);
  expect(heard.stamps.get('1 one')).toBe(heard.stamps.get('2 one'));
  expect(heard.client.tokenReads()).toBe(1);
  await heard.client.close();
});
