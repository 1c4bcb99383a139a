// The probe's ways of stopping a stream on its own WebSocket, against a server of ws.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { CANCEL_MESSAGE, renderTyped } from '../../bench/contract/control-events.ts';
import { asInstant } from '../../bench/contract/units.ts';
import type { StreamClient } from '../stream-client.ts';
import { openProbeClient } from './probe-client.ts';

interface Setting extends AsyncDisposable {
  readonly client: StreamClient;
  readonly peer: WebSocket;
  readonly events: readonly string[];
  /** Messages and close codes that the server had. */
  readonly heard: readonly string[];
}

/** A stream whose first token has come. */
async function start(): Promise<Setting> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => WEBSOCKET_PROTOCOL,
  });
  await once(server, 'listening');
  const heard: string[] = [];
  const events: string[] = [];
  const client = openProbeClient('ws', {
    now: () => asInstant(performance.now()),
    listener: {
      onConnect: () => undefined,
      onAccept: () => undefined,
      onTokenBytes: (_stream, buffer, from, to) =>
        void events.push(buffer.toString('utf8', from, to)),
      onTokenText: () => undefined,
      onControl: (_stream, type) => void events.push(type),
      onEnd: () => void events.push('end'),
      onFailure: (_stream, cause) => void events.push(cause),
    },
  });
  const connected = once(server, 'connection');
  client.open(0, {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    path: '/v1/ws/0',
  });
  const [peer] = (await connected) as [WebSocket];
  peer.on('message', (bytes: Buffer) => heard.push(bytes.toString()));
  peer.on('close', (code: number) => heard.push(String(code)));
  peer.send('a');
  await expect.poll(() => events).toEqual(['a']);
  const stop = async (): Promise<void> => {
    await client.close();
    peer.terminate();
    server.close();
  };
  return { client, peer, events, heard, [Symbol.asyncDispose]: stop };
}

it('a message leaves the connection open for the tokens under way, and for the done of the server', async () => {
  await using setting = await start();
  // A masked frame: 2 bytes of header, 4 of mask.
  expect(setting.client.tell!(0, CANCEL_MESSAGE)).toBe(CANCEL_MESSAGE.length + 6);
  await expect.poll(() => setting.heard).toEqual([CANCEL_MESSAGE]);
  setting.peer.send('b');
  setting.peer.send(renderTyped('done', { s: 3, n: 2, sha256: '', finish: 'cancelled' }));
  setting.peer.close(1000);
  await expect.poll(() => setting.events).toEqual(['a', 'b', 'done', 'end']);
  await expect.poll(() => setting.heard).toEqual([CANCEL_MESSAGE, '1000']);
});

it('a close is answered by the server, ends the connection in order, and has one close frame each way', async () => {
  await using setting = await start();
  expect(setting.client.startClosing!(0)).toBe(8);
  await expect.poll(() => setting.events).toEqual(['a', 'end']);
  await expect.poll(() => setting.heard).toEqual(['1000']);
});

it('tokens that were under way when a client closed are still received', async () => {
  await using setting = await start();
  setting.peer.send('b');
  setting.client.startClosing!(0);
  await expect.poll(() => setting.events).toEqual(['a', 'b', 'end']);
});
