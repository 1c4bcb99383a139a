// When the tokens of one turn reach the socket, and that the bytes are the same with either way of
// writing.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { isUntested, whyNoProc } from '../bench/missing-fixture.ts';
import { PlannedStreams, type StreamPlan } from './planned-streams.ts';
import { http2SseSink, sseSink } from './sse.ts';
import type { StreamSink } from './stream-sink.ts';
import { fastWorkload } from './twin-fixture.ts';
import { webSocketSink } from './websocket-sink.ts';

const plan = new PlannedStreams(fastWorkload).find({ id: 'one', n: 3, seed: 7 }) as StreamPlan;

interface Written {
  /**
   * Writes requested of the socket by the time the turn's last token was handed over, and one turn
   * later.
   */
  readonly inTurn: number;
  readonly afterTurn: number;
  readonly bytes: string;
}

async function writeThreeTokens(transport: 'sse' | 'ws', writes?: Writes): Promise<Written> {
  const server = createServer();
  const sink = openSink(server, transport, writes);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let bytes = '';
  client.on('data', (chunk) => (bytes += chunk.toString('latin1')));
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  client.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${transport === 'ws' ? upgrade : ''}\r\n`);
  const { token, channel, done } = await sink;
  await nextTurn();
  const count = countWrites(channel as Socket);
  for (const sequence of [1, 2, 3]) token(sequence, `{"s":${sequence}}`);
  const inTurn = count();
  await nextTurn();
  const afterTurn = count();
  done({ s: 4, n: 3, sha256: plan.sha256, finish: 'stop' });
  await expect.poll(() => bytes).toContain(plan.sha256);
  client.destroy();
  server.closeAllConnections();
  server.close();
  return { inTurn, afterTurn, bytes: bytes.slice(bytes.indexOf('\r\n\r\n')) };
}

async function openSink(
  server: Server,
  transport: 'sse' | 'ws',
  writes: Writes | undefined,
): Promise<StreamSink> {
  if (transport === 'sse') {
    const [, response] = (await once(server, 'request')) as [
      IncomingMessage,
      Parameters<typeof sseSink>[0],
    ];
    return sseSink(response, plan, { hasIds: true, writes });
  }
  const [webSocket, request] = (await once(new WebSocketServer({ server }), 'connection')) as [
    Parameters<typeof webSocketSink>[0]['webSocket'],
    IncomingMessage,
  ];
  return webSocketSink({ webSocket, socket: request.socket, writes });
}

/** Counts writes to the socket's handle: each is a system call as long as the kernel has room. */
function countWrites(socket: Socket): () => number {
  let writes = 0;
  const write = socket._write.bind(socket);
  const writeMany = socket._writev!.bind(socket);
  socket._write = (...words) => {
    writes++;
    write(...words);
  };
  socket._writev = (...words) => {
    writes++;
    writeMany(...words);
  };
  return () => writes;
}

const nextTurn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test.each([
  { transport: 'sse', writes: undefined, inTurn: 0, afterTurn: 1 },
  { transport: 'sse', writes: 'at-once', inTurn: 3, afterTurn: 3 },
  { transport: 'ws', writes: undefined, inTurn: 3, afterTurn: 3 },
  { transport: 'ws', writes: 'corked', inTurn: 0, afterTurn: 1 },
] as const)(
  'three tokens of a turn over $transport, $writes: $inTurn writes in it, $afterTurn after it',
  async (expected) => {
    const { inTurn, afterTurn } = await writeThreeTokens(expected.transport, expected.writes);
    expect({ inTurn, afterTurn }).toEqual({
      inTurn: expected.inTurn,
      afterTurn: expected.afterTurn,
    });
  },
);

test.each([
  ['sse', 'at-once'],
  ['ws', 'corked'],
] as const)('%s+%s sends the bytes of %s', async (transport, writes) => {
  const other = await writeThreeTokens(transport, writes);
  expect(other.bytes).toBe((await writeThreeTokens(transport)).bytes);
  expect(other.bytes).toContain('{"s":3}');
});

/** Write calls for tokens of one turn on each stream of one connection, in the turn and after it. */
async function writeOverHttp2(streams: number, tokensEach: number) {
  const server = createHttp2Server();
  const opened: ServerHttp2Stream[] = [];
  server.on('stream', (stream: ServerHttp2Stream) => opened.push(stream));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (let stream = 0; stream < streams; stream++) client.request().resume();
  await expect.poll(() => opened.length).toBe(streams);
  const sinks = opened.map((stream) => http2SseSink(stream, plan, { hasIds: true }));
  // Settings, windows and heads are on their way.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = readCalls();
  for (const sink of sinks)
    for (let sequence = 1; sequence <= tokensEach; sequence++) sink.token(sequence, '{"s":1}');
  const inTurn = readCalls() - before;
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  const afterTurn = readCalls() - before;
  client.destroy();
  server.close();
  return { inTurn, afterTurn };
}

/** Write calls of this process so far, as the kernel counts them. */
const readCalls = (): number =>
  Number(/^syscw: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

const noCounters = isUntested('write calls of HTTP/2', whyNoProc());

test.skipIf(noCounters).each([
  { streams: 1, tokensEach: 1, most: 1 },
  { streams: 6, tokensEach: 1, most: 1 },
  { streams: 1, tokensEach: 5, most: 2 },
  { streams: 6, tokensEach: 5, most: 2 },
])(
  '$tokensEach tokens of a turn on each of $streams streams over HTTP/2: none leaves in it, $most calls after it',
  async ({ streams, tokensEach, most }) => {
    const { inTurn, afterTurn } = await writeOverHttp2(streams, tokensEach);
    expect(inTurn).toBe(0);
    expect(afterTurn).toBe(most);
  },
);
