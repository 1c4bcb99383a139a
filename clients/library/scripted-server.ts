// Servers for tests: one per transport, on a port of their own, that do to each stream what the test says. SSE and
// WebSocket are spoken by node:http and ws, so that the clients are checked against somebody else's idea of the protocol.

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { renderTyped, SSE_RETRY_MS } from '../../bench/contract/control-events.ts';
import type { TransportId } from '../../bench/contract/transports.ts';

/** An accepted stream as the server's side of it. */
export interface ScriptedStream {
  readonly path: string;
  readonly socket: Socket;
  readonly control: (type: 'open' | 'done', fields: object) => void;
  readonly token: (payload: string) => void;
  /** Ends as the transport's specification ends a stream. */
  readonly end: () => void;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
}

type Script = (stream: ScriptedStream) => void;

export async function startScriptedServer(transport: TransportId, script: Script): Promise<ScriptedServer> {
  return listen(builders[transport](script));
}

/** Answers every HTTP request, upgrades included, with this status and a JSON body. */
export async function startRefusingServer(status: number, body: string): Promise<ScriptedServer> {
  return listen(createHttpServer((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body)));
}

/** Sends these bytes to whoever connects and sends something, then ends the connection or leaves it open. */
export async function startRawServer(bytes: string | Buffer, then: 'end' | 'stay' = 'stay'): Promise<ScriptedServer> {
  return listen(
    createTcpServer((socket) => {
      socket.once('data', () => {
        if (bytes.length > 0) socket.write(bytes);
        if (then === 'end') socket.end();
      });
    }),
  );
}

const builders: Record<TransportId, (script: Script) => Server> = {
  sse: (script) =>
    createHttpServer((request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform' })
        .flushHeaders();
      script({
        path: request.url ?? '',
        socket: request.socket,
        control: (type, fields) => {
          const retry = type === 'open' ? `retry: ${SSE_RETRY_MS}\n` : '';
          response.write(`event: ${type}\n${retry}data: ${JSON.stringify(fields)}\n\n`);
        },
        token: (payload) => response.write(`data: ${payload}\n\n`),
        end: () => response.end(),
      });
    }),
  ws: (script) => {
    const http = createHttpServer();
    const sockets = new WebSocketServer({ server: http, handleProtocols: () => 'tokens.v1.json' });
    sockets.on('connection', (client, request) => {
      client.on('error', () => {});
      script({
        path: request.url ?? '',
        socket: request.socket,
        control: (type, fields) => client.send(renderTyped(type, fields)),
        token: (payload) => client.send(payload),
        end: () => client.close(1000),
      });
    });
    return http;
  },
  tcp: (script) =>
    createTcpServer((socket) => {
      socket.once('data', (line) =>
        script({
          path: line.toString().trimEnd(),
          socket,
          control: (type, fields) => socket.write(`${renderTyped(type, fields)}\n`),
          token: (payload) => socket.write(`${payload}\n`),
          end: () => socket.end(),
        }),
      );
    }),
};

async function listen(server: Server): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
