// WebSocket with the library `ws`: one socket a stream, and stops as messages.

import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type {
  Generation,
  Generations,
  MinimalServer,
  MinimalServerOptions,
} from './generations.ts';
import { readStreamPath } from './stream-path.ts';
import { serve } from './serve.ts';

const MOST_MESSAGE_BYTES = 4096;

export async function start(
  generations: Generations,
  options: MinimalServerOptions,
  port = 0,
): Promise<MinimalServer> {
  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE_BYTES,
  });
  sockets.on('connection', (socket, { url }) => {
    // Without a listener, a frame that is wrong would end the process.
    socket.on('error', () => {});
    const path = readStreamPath(url);
    if (path === undefined) {
      socket.close(1008, 'no such path');
      return;
    }
    const generation = generations.of(path.id, path.after);
    socket.on('message', (message: Buffer) => {
      if (message.toString() === '{"type":"cancel"}') generation.cancel();
      else socket.close(1008, 'no such message');
    });
    void writeMessages(socket, generation, { ...options, after: path.after });
  });
  return await serve(server, port, () => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

async function writeMessages(
  socket: WebSocket,
  generation: Generation,
  { after, heartbeatMs }: MinimalServerOptions & { readonly after: number },
): Promise<void> {
  let last = after;
  while (socket.readyState === socket.OPEN) {
    const { s, text, isLast } = await generation.next(last, heartbeatMs);
    last = s;
    // Called once the socket has taken it, or is closed: a slow reader holds back the next one.
    await new Promise((resolve) => socket.send(text, resolve));
    if (isLast) socket.close(1000);
  }
}
