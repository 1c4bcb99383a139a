// The WebSocket twins: the same route, upgraded by @fastify/websocket; one stream a socket, in text
// or binary messages, as they are or compressed. A second route carries stream after stream, as
// HTTP keep-alive does for its twin; a third one several at a time.

import websocketPlugin, { type WebsocketPluginOptions } from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PerMessageDeflateOptions, WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/arms/websocket.ts';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { closeCodes, MUX_PATH, SESSION_PATH } from '../bench/contract/control-events.ts';
import { admit, type TwinParts } from './admission.ts';
import { MAX_CLIENT_MESSAGE_BYTES, parseClientMessage } from './client-message.ts';
import type { StreamPlan, StreamRequest } from './planned-streams.ts';
import type { Arrival, Streams } from './streams.ts';
import {
  askedStream,
  buildTwin,
  findStream,
  refuse,
  requestSchemaWith,
  streamRequestSchema,
} from './twin.ts';
import { serveMux } from './websocket-mux.ts';
import { serveSession } from './websocket-session.ts';
import { steerByMessage } from './steer-message.ts';
import { webSocketSink, type MessageForm, type WebSocketConnection } from './websocket-sink.ts';

/** Longest wait for the cursor of a client that announced one. */
const RESUME_WAIT_MS = 10_000;

/** `?resume=1`: the client's first message is its cursor, and nothing is sent before it. */
export const resumeField = { resume: { type: 'integer', enum: [1] } } as const;

export interface WebSocketTwinOptions {
  readonly writes?: Writes | undefined;
  readonly hasBinaryTokens?: boolean;
  /** Compresses every message (RFC 7692 permessage-deflate); absent for none. */
  readonly deflate?: Deflate;
  /** Whether several streams may share a connection, on a route of their own. */
  readonly isShared?: boolean;
  /** Schema of the stream route, set when it accepts more than a trial needs. */
  readonly schema?: typeof streamRequestSchema;
}

/**
 * Whether a message may refer to the ones before it. ws keeps a compressor for each connection in
 * both cases.
 */
type Deflate = 'context-takeover' | 'no-context-takeover';

export function buildWebSocketTwin(
  parts: TwinParts,
  { schema, writes, hasBinaryTokens, deflate, isShared = false }: WebSocketTwinOptions = {},
): FastifyInstance {
  const form: MessageForm = { writes, hasBinaryTokens, isCompressed: deflate !== undefined };
  const app = buildTwin(parts);
  const { lasting } = parts.streams;
  const find = findStream(parts);
  void app.register(
    websocketPlugin,
    webSocketServer({ mostMessageBytes: MAX_CLIENT_MESSAGE_BYTES, deflate }),
  );
  void app.register((scope, _options, done) => {
    scope.route({
      method: 'GET',
      url: '/v1/ws/:id',
      schema:
        schema ?? (lasting === undefined ? streamRequestSchema : requestSchemaWith(resumeField)),
      // Stream and resume point are known only from the first message, so a refusal is a close code
      // after it.
      preHandler:
        lasting === undefined
          ? find
          : async (request, reply) =>
              isResume(request.query) ? undefined : await find(request, reply),
      handler: refusePlain,
      wsHandler: (webSocket, request) => {
        // Taken after the 101 was written, while the SSE twin's handler runs before its head:
        // stated in the report.
        const handlerNs = parts.now();
        const connection = { webSocket, socket: request.raw.socket, ...form };
        const isResumed = lasting !== undefined && isResume(request.query);
        listenToClient(parts.streams, webSocket, { id: askedStream(request).id, isResumed });
        if (isResumed) awaitCursor(parts, connection, askedStream(request));
        else
          parts.streams.start(request.streamPlan as StreamPlan, webSocketSink(connection), {
            handlerNs,
          });
      },
    });
    // A stream that outlives its connection is resumed at its own address.
    if (lasting === undefined)
      scope.route({
        method: 'GET',
        url: SESSION_PATH,
        handler: refusePlain,
        wsHandler: (webSocket, request) =>
          serveSession(parts, { webSocket, socket: request.raw.socket, ...form }),
      });
    if (isShared)
      scope.route({
        method: 'GET',
        url: MUX_PATH,
        handler: refusePlain,
        wsHandler: (webSocket, request) =>
          serveMux(parts, { webSocket, socket: request.raw.socket }),
      });
    done();
  });
  return app;
}

interface WebSocketServerOptions {
  /** A client that sends more is closed with 1009. */
  readonly mostMessageBytes: number;
  readonly deflate?: Deflate | undefined;
}

/** Options of the plugin on every twin. */
export function webSocketServer({
  mostMessageBytes,
  deflate,
}: WebSocketServerOptions): WebsocketPluginOptions {
  return {
    options: {
      maxPayload: mostMessageBytes,
      perMessageDeflate: deflate === undefined ? false : deflateOptions(deflate),
      handleProtocols: (offered) => (offered.has(WEBSOCKET_PROTOCOL) ? WEBSOCKET_PROTOCOL : false),
    },
    // The plugin's own hook would close with 1005 at once; the twin's preClose has said bye with a
    // code already. The clients left carry no stream: they never sent their cursor, or do not
    // answer a close.
    preClose(done) {
      for (const client of this.websocketServer.clients) client.terminate();
      this.websocketServer.close(() => done());
    },
    errorHandler: (_error, socket) => socket.terminate(),
  };
}

/**
 * ws leaves messages below a threshold as they are, and most tokens are: here all are compressed,
 * as the arm's name says.
 */
function deflateOptions(deflate: Deflate): PerMessageDeflateOptions {
  return {
    threshold: 0,
    serverNoContextTakeover: deflate === 'no-context-takeover',
    clientNoContextTakeover: true,
  };
}

export function refusePlain(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return refuse(reply, 426, 'this route speaks WebSocket only: send Upgrade: websocket');
}

function isResume(query: unknown): boolean {
  return (query as { resume?: number }).resume !== undefined;
}

/**
 * The WebSocket forms of `POST /v1/streams/:id/cancel` and `…/steer`. One that comes when the stream
 * is over finds the connection closing, and has no answer but the `done` that is under way. Closes
 * with 1008 when the client sends anything else.
 */
function listenToClient(
  streams: Streams,
  webSocket: WebSocket,
  { id, isResumed }: { readonly id: string; readonly isResumed: boolean },
): void {
  webSocket.on('message', (bytes: Buffer) => {
    const message = parseClientMessage(bytes.toString());
    if (message?.type === 'cancel') streams.cancel(id);
    else if (message?.type === 'steer') steerByMessage(streams, webSocket, { ...message, id });
    // The cursor is read where it is awaited.
    else if (!isResumed || message?.type !== 'resume') webSocket.close(closeCodes.badRequest);
  });
}

/**
 * A browser cannot set a cursor in the WebSocket handshake, so a resume takes one more message than
 * SSE's.
 */
function awaitCursor(
  parts: TwinParts,
  connection: WebSocketConnection,
  { resume: _resume, ...asked }: StreamRequest & { resume?: number },
): void {
  const { webSocket } = connection;
  const timer = setTimeout(() => webSocket.close(closeCodes.badRequest), RESUME_WAIT_MS);
  webSocket.once('close', () => clearTimeout(timer));
  webSocket.once('message', (bytes: Buffer) => {
    const handlerNs = parts.now();
    clearTimeout(timer);
    const message = parseClientMessage(bytes.toString());
    if (message?.type === 'resume')
      resume(parts, connection, { asked, arrival: { handlerNs, after: message.after } });
    else webSocket.close(closeCodes.badRequest);
  });
}

const refusalCodes = {
  400: closeCodes.badRequest,
  404: closeCodes.unknownStream,
  503: closeCodes.overload,
} as const;

function resume(
  parts: TwinParts,
  connection: WebSocketConnection,
  { asked, arrival }: { asked: StreamRequest; arrival: Arrival },
): void {
  const { webSocket } = connection;
  const admission = admit(parts, asked, arrival.after);
  switch (admission.outcome) {
    case 'serve':
      parts.streams.start(admission.plan, webSocketSink(connection), arrival);
      return;
    case 'over':
      webSocketSink(connection).done(admission.done);
      return;
    case 'unknown':
      webSocket.close(closeCodes.unknownStream);
      return;
    case 'refused':
      webSocket.close(refusalCodes[admission.statusCode]);
  }
}
