// WebSocket without a library, over node:http.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  closePayload,
  encodeFrame,
  FrameError,
  FrameReader,
  opcodes,
  type Message,
} from '../../bench/contract/minimal-frames.ts';
import type {
  Generation,
  Generations,
  MinimalServer,
  MinimalServerOptions,
} from './generations.ts';
import { readStreamPath } from './stream-path.ts';
import { serve } from './serve.ts';

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export async function start(
  generations: Generations,
  options: MinimalServerOptions,
  port = 0,
): Promise<MinimalServer> {
  const sockets = new Set<Duplex>();
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const path = readStreamPath(request.url);
    const accept = acceptOf(request);
    if (path === undefined || accept === undefined) {
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    );
    socket.unshift(head);
    const generation = generations.of(path.id, path.after);
    readMessages(socket, generation);
    void writeMessages(socket, generation, { ...options, after: path.after });
  });
  return await serve(server, port, () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** Undefined for a request that is no handshake (§4.2.1). */
function acceptOf({ method, headers }: IncomingMessage): string | undefined {
  const key = headers['sec-websocket-key'];
  const isHandshake =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    key !== undefined &&
    Buffer.from(key, 'base64').length === 16;
  return isHandshake
    ? createHash('sha1')
        .update(key + GUID)
        .digest('base64')
    : undefined;
}

async function writeFrame(
  socket: Duplex,
  opcode: number,
  payload: string | Uint8Array,
): Promise<void> {
  if (!socket.writable) return;
  const frame = encodeFrame(opcode, Buffer.from(payload), { isMasked: false });
  // Called once the socket has taken it, or is closed: a slow reader holds back the next one.
  await new Promise((resolve) => socket.write(frame, resolve));
}

async function close(socket: Duplex, payload: Uint8Array): Promise<void> {
  await writeFrame(socket, opcodes.close, payload);
  socket.end(() => socket.destroy());
}

function readMessages(socket: Duplex, generation: Generation): void {
  const reader = new FrameReader({ isMasked: true });
  const take = ({ opcode, payload }: Message): void => {
    if (opcode === opcodes.ping) void writeFrame(socket, opcodes.pong, payload);
    else if (opcode === opcodes.close) void close(socket, payload.subarray(0, 2));
    else if (opcode !== opcodes.pong && payload.toString() === '{"type":"cancel"}')
      generation.cancel();
    else if (opcode !== opcodes.pong) void close(socket, closePayload(1008));
  };
  socket.on('data', (bytes: Buffer) => {
    try {
      // Nothing that follows the end is read.
      for (const message of reader.push(bytes)) if (socket.writable) take(message);
    } catch (error) {
      if (error instanceof FrameError) void close(socket, closePayload(error.code));
    }
  });
}

async function writeMessages(
  socket: Duplex,
  generation: Generation,
  { after, heartbeatMs }: MinimalServerOptions & { readonly after: number },
): Promise<void> {
  let last = after;
  while (socket.writable) {
    const { s, text, isLast } = await generation.next(last, heartbeatMs);
    last = s;
    await writeFrame(socket, opcodes.text, text);
    if (isLast) return await close(socket, closePayload(1000));
  }
}
