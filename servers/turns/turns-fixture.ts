// Test support: turns over either twin, sent by hand, so that a test can also send what no client
// would.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { TURNS_PATH } from '../../bench/contract/turn-requests.ts';

export type TurnTransport = 'sse-post' | 'ws';

/** What came back for a turn. */
export interface Answer {
  /** 200 for a reply. */
  readonly status: number;
  /** The JSON of a refusal. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Tokens of a whole reply. */
  readonly tokens: number;
}

const HOST = '127.0.0.1';

/** A turn in its form on the wire: text for a request, or bytes that need not be JSON. */
export async function askTurn(
  transport: TurnTransport,
  port: number,
  turn: object | string,
): Promise<Answer> {
  const body = typeof turn === 'string' ? turn : JSON.stringify(turn);
  return transport === 'ws' ? await askBySocket(port, body) : await askByPost(port, body);
}

async function askByPost(port: number, body: string): Promise<Answer> {
  const response = await fetch(`http://${HOST}:${port}${TURNS_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const text = await response.text();
  if (!response.ok) return { ...(JSON.parse(text) as Answer), tokens: 0 };
  const tokens = text.split('\n\n').filter((event) => /^data: |\ndata: \{"s/.test(event));
  if (!text.includes('event: done')) throw new TypeError(`no done in ${text.slice(-200)}`);
  return { status: 200, tokens: tokens.filter((event) => !event.includes('event: ')).length };
}

export async function openTurnSocket(port: number): Promise<WebSocket> {
  const webSocket = new WebSocket(`ws://${HOST}:${port}${TURNS_PATH}`, WEBSOCKET_PROTOCOL);
  await once(webSocket, 'open');
  return webSocket;
}

async function askBySocket(port: number, body: string): Promise<Answer> {
  const webSocket = await openTurnSocket(port);
  const answer = readAnswer(webSocket);
  webSocket.send(body);
  const read = await answer;
  webSocket.terminate();
  return read;
}

/** The next reply or refusal on a connection; its close code as the status where it is closed. */
export async function readAnswer(webSocket: WebSocket): Promise<Answer> {
  let tokens = 0;
  return await new Promise((resolve) => {
    const hear = (bytes: Buffer): void => {
      const message = JSON.parse(bytes.toString()) as Answer & { type?: string };
      if (message.type === 'done' || message.type === 'error') {
        webSocket.off('message', hear);
        resolve(message.type === 'done' ? { status: 200, tokens } : { ...message, tokens });
      } else if (message.type === undefined) tokens++;
    };
    webSocket.on('message', hear);
    webSocket.once('close', (status) => resolve({ status, tokens }));
  });
}

interface Unfinished {
  readonly socket: Socket;
  /** All that the server sent until it closed the connection. */
  readonly ended: Promise<string>;
}

/** Sends the beginning of a turn of so many bytes, and never the rest. */
export async function beginTurn(
  transport: TurnTransport,
  port: number,
  bytes = 60_000,
): Promise<Unfinished> {
  const socket = connect({ host: HOST, port });
  await once(socket, 'connect');
  let heard = '';
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
  if (transport === 'sse-post') {
    socket.write(
      `POST ${TURNS_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n{"type":`,
    );
    return { socket, ended };
  }
  socket.write(
    `GET ${TURNS_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n\r\n`,
  );
  while (!heard.includes('\r\n\r\n')) await new Promise((resolve) => setImmediate(resolve));
  // The header of a masked text frame of that length, a mask of zeros, and four bytes.
  const header = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(BigInt(bytes), 2);
  socket.write(Buffer.concat([header, Buffer.from('{"ty')]));
  return { socket, ended };
}
