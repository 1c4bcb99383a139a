// The WebSocket twin: the same route, upgraded by @fastify/websocket; one stream a socket, text messages, no compression.

import websocketPlugin from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { renderTyped } from '../bench/contract/control-events.ts';
import { WEBSOCKET_PROTOCOL } from '../bench/contract/transports.ts';
import { KIB } from '../bench/contract/units.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import { buildTwin, findStream, refuse, streamRequestSchema, type TwinParts } from './twin.ts';

const CLOSE_NORMAL = 1000;
/** RFC 6455's registry: service restart; the peer may reconnect. */
const CLOSE_RESTART = 1012;
/** Clients say next to nothing on this route. */
const MAX_CLIENT_MESSAGE_BYTES = 16 * KIB;

export function buildWebSocketTwin(parts: TwinParts): FastifyInstance {
  const app = buildTwin(parts);
  void app.register(websocketPlugin, {
    options: {
      maxPayload: MAX_CLIENT_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(WEBSOCKET_PROTOCOL) ? WEBSOCKET_PROTOCOL : false),
    },
    // The plugin's own hook would close with 1005 at once; the twin's preClose has said bye with a code already.
    preClose(done) {
      this.websocketServer.close(() => done());
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  void app.register((scope, _options, done) => {
    scope.route({
      method: 'GET',
      url: '/v1/ws/:id',
      schema: streamRequestSchema,
      preHandler: findStream(parts),
      handler: (_request, reply) => refuse(reply, 426, 'this route speaks WebSocket only: send Upgrade: websocket'),
      wsHandler: (socket, request) => {
        // After the 101 was written, where the SSE twin's handler runs before its head: stated in the report.
        const handlerNs = parts.now();
        parts.streams.start(request.streamPlan as StreamPlan, webSocketSink(socket, request.raw.socket), handlerNs);
      },
    });
    done();
  });
  return app;
}

/** A send to a socket that is closing must not reach the process as an error; its close is counted by the streams. */
function ignore(): void {}

/** Also for a server without Fastify. */
export function webSocketSink(webSocket: WebSocket, socket: Socket): StreamSink {
  const send = (text: string): void => webSocket.send(text, ignore);
  return {
    socket,
    headBytes: socket.bytesWritten,
    bytesWritten: () => socket.bytesWritten,
    onClose: (callback) => void socket.once('close', callback),
    open: (event) => send(renderTyped('open', event)),
    token: (_sequence, payload) => send(payload),
    done: (event) => {
      send(renderTyped('done', event));
      webSocket.close(CLOSE_NORMAL);
    },
    bye: () => {
      send(renderTyped('bye', {}));
      webSocket.close(CLOSE_RESTART);
    },
    abort: () => webSocket.terminate(),
  };
}
