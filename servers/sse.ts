// The SSE twin: GET, HTTP/1.1 chunked, on the raw response under reply.hijack(); routing, validation and limits stay Fastify's.

import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SSE_RETRY_MS, streamEpoch } from '../bench/contract/control-events.ts';
import { payloads, type PayloadName } from '../bench/contract/payload.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import { buildTwin, findStream, streamRequestSchema, type TwinParts } from './twin.ts';

const head = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

export function buildSseTwin(parts: TwinParts, payload: PayloadName): FastifyInstance {
  const app = buildTwin(parts);
  app.get('/v1/streams/:id', { schema: streamRequestSchema, preHandler: findStream(parts) }, (request, reply) => {
    const handlerNs = parts.now();
    reply.hijack();
    const plan = request.streamPlan as StreamPlan;
    parts.streams.start(plan, sseSink(reply.raw, plan, payloads[payload].isNumbered), handlerNs);
  });
  return app;
}

/** Also for a server without Fastify. */
export function sseSink(response: ServerResponse, plan: StreamPlan, hasIds: boolean): StreamSink {
  const socket = response.socket as Socket;
  const epoch = streamEpoch(plan.seed);
  response.on('error', () => socket.destroy());
  const bytesBefore = socket.bytesWritten;
  response.writeHead(200, head);
  // The head leaves alone and at once: a receiver's `open` must not wait for the first token.
  response.flushHeaders();
  const headBytes = socket.bytesWritten - bytesBefore;
  const idLine = (sequence: number): string => (hasIds ? `id: ${epoch}.${sequence}\n` : '');
  return {
    socket,
    headBytes,
    bytesWritten: () => socket.bytesWritten - bytesBefore,
    onClose: (callback) => void response.once('close', callback),
    open: (event) => void response.write(`event: open\n${idLine(0)}retry: ${SSE_RETRY_MS}\ndata: ${JSON.stringify(event)}\n\n`),
    // node:http corks all writes of one turn into one writev at its end, where ws writes each message at once: the
    // idiomatic form of both, and the cause of SSE's few µs more on the way to the wire.
    token: (sequence, text) => void response.write(hasIds ? `id: ${epoch}.${sequence}\ndata: ${text}\n\n` : `data: ${text}\n\n`),
    done: (event) => void response.end(`event: done\n${idLine(event.s)}data: ${JSON.stringify(event)}\n\n`),
    bye: () => void response.end(`event: bye\nretry: ${SSE_RETRY_MS}\ndata: {}\n\n`),
    abort: () => void socket.destroy(),
  };
}
