// Test fixture: one server per transport, on a port of its own, that does to each stream what the
// test says. SSE and WebSocket are implemented by node:http and ws, so that the clients are checked
// against an independent implementation of the protocol.

import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { text } from 'node:stream/consumers';
import { constants, createGzip } from 'node:zlib';
import { WebSocketServer, type PerMessageDeflateOptions } from 'ws';
import type { TransportId, UnsharedTransportId } from '../../bench/contract/arms/transports.ts';
import { RESUME_QUERY, renderTyped, SSE_RETRY_MS } from '../../bench/contract/control-events.ts';

/** The server's side of an accepted stream. */
export interface ScriptedStream {
  readonly path: string;
  /**
   * Cursor as the client sent it: the header's value, the line's second word, a WebSocket's whole
   * first message.
   */
  readonly resume: string | undefined;
  readonly socket: Socket;
  readonly control: (type: 'open' | 'done' | 'gap', fields: object) => void;
  readonly token: (payload: string) => void;
  readonly heartbeat: () => void;
  /** Ends as the transport's specification ends a stream. */
  readonly end: () => void;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
}

type Script = (stream: ScriptedStream) => void;

export async function startScriptedServer(
  transport: TransportId,
  script: Script,
): Promise<ScriptedServer> {
  return listen(builders[transport as UnsharedTransportId](script));
}

/** Answers every HTTP request, upgrades included, with this status and a JSON body. */
export async function startRefusingServer(status: number, body: string): Promise<ScriptedServer> {
  return listen(
    createHttpServer((_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body),
    ),
  );
}

/**
 * Sends these bytes to every client that connects and sends something, then ends the connection or
 * leaves it open.
 */
export async function startRawServer(
  bytes: string | Buffer,
  then: 'end' | 'stay' = 'stay',
): Promise<ScriptedServer> {
  return listen(
    createTcpServer((socket) => {
      socket.once('data', () => {
        if (bytes.length > 0) socket.write(bytes);
        if (then === 'end') socket.end();
      });
    }),
  );
}

interface HttpScript {
  readonly contentType: string;
  readonly control: (type: 'open' | 'done' | 'gap', fields: object) => string;
  readonly token: (payload: string) => string;
  readonly heartbeat: string;
  readonly isCompressed?: boolean;
  /** Nothing leaves before the end. */
  readonly isBuffered?: boolean;
}

const eventStream: HttpScript = {
  contentType: 'text/event-stream; charset=utf-8',
  control: (type, fields) =>
    `event: ${type}\n${type === 'open' ? `retry: ${SSE_RETRY_MS}\n` : ''}data: ${JSON.stringify(fields)}\n\n`,
  token: (payload) => `data: ${payload}\n\n`,
  heartbeat: ':\n\n',
};

const lines: HttpScript = {
  contentType: 'application/x-ndjson',
  control: (type, fields) => `${renderTyped(type, fields)}\n`,
  token: (payload) => `${payload}\n`,
  heartbeat: '\n',
};

/**
 * Reads a request whole, so that one with a body is answered after it, as a server that parses it
 * does.
 */
const overHttp =
  ({
    contentType,
    control,
    token,
    heartbeat,
    isCompressed = false,
    isBuffered = false,
  }: HttpScript) =>
  (script: Script): Server =>
    createHttpServer(async (request, response) => {
      const body = await text(request);
      const gzip = isCompressed ? createGzip({ flush: constants.Z_SYNC_FLUSH }) : undefined;
      gzip?.pipe(response);
      const held: string[] = [];
      const write = (piece: string): void =>
        void (isBuffered ? held.push(piece) : (gzip ?? response).write(piece));
      if (!isBuffered)
        response
          .writeHead(200, {
            'content-type': contentType,
            ...(isCompressed && { 'content-encoding': 'gzip' }),
          })
          .flushHeaders();
      script({
        path: request.url ?? '',
        resume:
          (request.headers['last-event-id'] as string | undefined) ??
          (body === '' ? undefined : (JSON.parse(body) as { after?: string }).after),
        socket: request.socket,
        control: (type, fields) => write(control(type, fields)),
        token: (payload) => write(token(payload)),
        heartbeat: () => write(heartbeat),
        end: () => {
          if (!isBuffered) {
            (gzip ?? response).end();
            return;
          }
          const whole = Buffer.from(held.join(''));
          response
            .writeHead(200, { 'content-type': contentType, 'content-length': whole.length })
            .end(whole);
        },
      });
    });

const overWebSocket =
  ({
    isBinary = false,
    perMessageDeflate = false,
  }: {
    isBinary?: boolean;
    perMessageDeflate?: false | PerMessageDeflateOptions;
  }) =>
  (script: Script): Server => {
    const http = createHttpServer();
    const sockets = new WebSocketServer({
      server: http,
      perMessageDeflate,
      handleProtocols: () => 'tokens.v1.json',
    });
    sockets.on('connection', (client, request) => {
      client.on('error', () => {});
      const path = request.url ?? '';
      const start = (resume: string | undefined): void =>
        script({
          path,
          resume,
          socket: request.socket,
          control: (type, fields) => client.send(renderTyped(type, fields)),
          token: (payload) => client.send(payload, { binary: isBinary }),
          heartbeat: () => client.ping(),
          end: () => client.close(1000),
        });
      if (path.endsWith(RESUME_QUERY))
        client.once('message', (message: Buffer) => start(message.toString()));
      else start(undefined);
    });
    return http;
  };

const builders: Record<UnsharedTransportId, (script: Script) => Server> = {
  sse: overHttp(eventStream),
  'sse-post': overHttp(eventStream),
  'sse-gzip': overHttp({ ...eventStream, isCompressed: true }),
  ndjson: overHttp(lines),
  buffered: overHttp({ ...lines, isBuffered: true }),
  ws: overWebSocket({}),
  'ws-binary': overWebSocket({ isBinary: true }),
  'ws-deflate': overWebSocket({
    perMessageDeflate: { threshold: 0, clientNoContextTakeover: true },
  }),
  'ws-deflate-no-takeover': overWebSocket({
    perMessageDeflate: {
      threshold: 0,
      clientNoContextTakeover: true,
      serverNoContextTakeover: true,
    },
  }),
  tcp: (script) =>
    createTcpServer((socket) => {
      socket.once('data', (line) => {
        const [path = '', resume] = line.toString().trimEnd().split(' ');
        script({
          path,
          resume,
          socket,
          control: (type, fields) => socket.write(`${renderTyped(type, fields)}\n`),
          token: (payload) => socket.write(`${payload}\n`),
          heartbeat: () => socket.write('\n'),
          end: () => socket.end(),
        });
      });
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
