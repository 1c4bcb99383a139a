import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CompressingChannel } from './compressing-channel.ts';

/** Both ends of a WebSocket with permessage-deflate on every message. */
async function connected(): Promise<{ far: WebSocket; near: WebSocket } & AsyncDisposable> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: { threshold: 0 },
  });
  await once(server, 'listening');
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [near] = (await once(server, 'connection')) as [WebSocket];
  await once(far, 'open');
  return {
    far,
    near,
    [Symbol.asyncDispose]: async () => {
      far.terminate();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Half of it is left after compression. */
const message = randomBytes(32 * 1024).toString('hex');

it('a receiver that stops reading blocks the channel, and one drain tells when all has gone', async () => {
  await using sockets = await connected();
  const { far, near } = sockets;
  const channel = new CompressingChannel(near);
  let drains = 0;
  channel.on('drain', () => drains++);
  channel.send('one');
  expect(channel.writableNeedDrain).toBe(false);
  far.pause();
  // More than the buffers of the kernel take.
  for (let sent = 0; sent < 500; sent++) channel.send(message);
  expect(channel.writableNeedDrain).toBe(true);
  expect(channel.writableLength).toBeGreaterThan(64 * 1024);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([drains, channel.writableNeedDrain]).toEqual([0, true]);
  far.resume();
  await once(channel, 'drain');
  expect([channel.writableNeedDrain, channel.writableLength]).toEqual([false, 0]);
  channel.send('last');
  await once(far, 'message');
  expect(drains).toBe(1);
});

it('a message to a peer that is gone is dropped without an error', async () => {
  await using sockets = await connected();
  const { far, near } = sockets;
  const channel = new CompressingChannel(near);
  far.terminate();
  await once(near, 'close');
  expect(() => channel.send('late')).not.toThrow();
});
