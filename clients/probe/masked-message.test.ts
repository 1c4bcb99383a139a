import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { maskedMessage } from './masked-message.ts';

it('messages of every form of length are read by ws as they were written', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(
    'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [webSocket] = await once(server, 'connection');
  const texts = [0, 1, 125, 126, 65_535, 65_536, 200_001].map((length) =>
    'é'.repeat(length).slice(0, length),
  );
  const received: string[] = [];
  webSocket.on('message', (bytes: Buffer) => void received.push(bytes.toString()));
  for (const text of texts)
    socket.write(maskedMessage(Buffer.from(text), Buffer.from([1, 200, 3, 77])));
  while (received.length < texts.length) await once(webSocket, 'message');
  expect(received).toEqual(texts);
});
