// When the tokens of one turn reach the socket, and that the bytes are the same with either way of
// writing.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { PlannedStreams, type StreamPlan } from './planned-streams.ts';
import { sseSink } from './sse.ts';
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
