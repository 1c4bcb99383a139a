// WebSocket without a library, over node:http.

import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  closePayload,
  encodeFrame,
  FrameError,
  FrameReader,
  opcodes,
  type Message,
} from '../../bench/contract/minimal-frames.ts';
import type { ReceiveTokens } from './resuming.ts';
import { receiveMessages, type MessageSocket } from './websocket-messages.ts';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveMessages(request, onToken, (path) => openWebSocket(request.origin + path));

function openWebSocket(url: string): MessageSocket {
  const aborted = new AbortController();
  const upgraded = upgrade(url, aborted.signal);
  return {
    messages: readMessages(upgraded),
    // A connection that fails is noticed by the one that reads it.
    send: (text) =>
      void upgraded.then(({ socket }) => writeFrame(socket, opcodes.text, text)).catch(() => {}),
    destroy: () => aborted.abort(),
  };
}

interface Upgraded {
  readonly socket: Duplex;
  /** Bytes that came with the head of the answer. */
  readonly head: Buffer;
}

async function upgrade(url: string, signal: AbortSignal): Promise<Upgraded> {
  const key = randomBytes(16).toString('base64');
  const { promise, resolve, reject } = Promise.withResolvers<Upgraded>();
  const request = httpRequest(url, {
    signal,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': key,
      'sec-websocket-version': '13',
    },
  });
  request.on('error', reject);
  request.on('response', (response) => {
    response.destroy();
    reject(new Error(`the server answered ${response.statusCode}`));
  });
  request.on('upgrade', ({ headers }, socket, head) => {
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    signal.addEventListener('abort', () => socket.destroy());
    socket.on('error', () => {});
    if (headers['sec-websocket-accept'] === accept) resolve({ socket, head });
    else reject(new Error('the answer is to another request'));
  });
  request.end();
  return await promise;
}

async function* readMessages(upgraded: Promise<Upgraded>): AsyncGenerator<string> {
  const { socket, head } = await upgraded;
  const reader = new FrameReader({ isMasked: false });
  socket.unshift(head);
  try {
    for await (const bytes of socket) {
      for (const { opcode, payload } of readFrames(reader, bytes as Buffer, socket)) {
        if (opcode === opcodes.text) yield payload.toString();
        else if (opcode === opcodes.ping) writeFrame(socket, opcodes.pong, payload);
        else if (opcode === opcodes.close) {
          writeFrame(socket, opcodes.close, payload);
          return;
        }
      }
    }
  } finally {
    socket.end();
  }
}

/** Says why before it fails: the end of a loop over a stream destroys it. */
function* readFrames(reader: FrameReader, bytes: Buffer, socket: Duplex): Generator<Message> {
  try {
    yield* reader.push(bytes);
  } catch (error) {
    if (error instanceof FrameError) writeFrame(socket, opcodes.close, closePayload(error.code));
    throw error;
  }
}

function writeFrame(socket: Duplex, opcode: number, payload: string | Uint8Array): void {
  socket.write(encodeFrame(opcode, Buffer.from(payload), { isMasked: true }));
}
