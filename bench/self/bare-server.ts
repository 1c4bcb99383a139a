// Serves the same streams, pacer and bytes as the twins, on bare node:http, node:http2 and ws, to show
// the cost of Fastify and its plugin.

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { WebSocketServer } from 'ws';
import type { TransportId } from '../contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from '../contract/arms/websocket.ts';
import { payloads, type PayloadName } from '../contract/payload.ts';
import { listenBare } from '../../servers/listen.ts';
import { serveTrial } from '../../servers/server-process.ts';
import type { ServerStarter } from '../../servers/server-trial.ts';
import { http2SseSink, sseSink } from '../../servers/sse.ts';
import type { TwinParts } from '../../servers/admission.ts';
import { webSocketSink } from '../../servers/websocket-sink.ts';

const idOf = (url: string | undefined): string => url?.slice(url.lastIndexOf('/') + 1) ?? '';

function buildBareHttp({ now, planned, streams }: TwinParts, payload: PayloadName): Server {
  const { isNumbered: hasIds, api } = payloads[payload];
  return createServer((request, response) => {
    const handlerNs = now();
    const plan = planned.find({ id: idOf(request.url) });
    if (plan === undefined) response.writeHead(404).end();
    else streams.start(plan, sseSink(response, plan, { hasIds, api }), { handlerNs });
  });
}

function buildBareHttp2({ now, planned, streams }: TwinParts, payload: PayloadName): Http2Server {
  const { isNumbered: hasIds, api } = payloads[payload];
  return createHttp2Server().on('stream', (stream, { ':path': path }) => {
    const handlerNs = now();
    const plan = planned.find({ id: idOf(path) });
    if (plan === undefined) stream.respond({ ':status': 404 }, { endStream: true });
    else streams.start(plan, http2SseSink(stream, plan, { hasIds, api }), { handlerNs });
  });
}

function buildBareWebSocket({ now, planned, streams }: TwinParts): Server {
  const server = createServer();
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    handleProtocols: () => WEBSOCKET_PROTOCOL,
  });
  sockets.on('connection', (webSocket, request) => {
    const handlerNs = now();
    const plan = planned.find({ id: idOf(request.url) });
    if (plan === undefined) webSocket.terminate();
    else streams.start(plan, webSocketSink({ webSocket, socket: request.socket }), { handlerNs });
  });
  return server;
}

const starters: { readonly [Transport in TransportId]?: ServerStarter } = {
  sse: async (parts, { payload, ...address }) =>
    await listenBare(buildBareHttp(parts, payload), parts.streams, address),
  'sse-h2': async (parts, { payload, ...address }) =>
    await listenBare(buildBareHttp2(parts, payload), parts.streams, address),
  ws: async (parts, address) => await listenBare(buildBareWebSocket(parts), parts.streams, address),
};

serveTrial(({ transport }) => {
  const starter = starters[transport];
  assert(starter !== undefined, `there is no bare server for ${transport}`);
  return starter;
});
