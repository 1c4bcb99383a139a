// The SSE twin: GET, HTTP/1.1 chunked, on the raw response under reply.hijack(); routing, validation and limits stay Fastify's.

import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { SSE_RETRY_MS } from '../bench/contract/control-events.ts';
import { payloads, type PayloadName } from '../bench/contract/payload.ts';
import type { TwinParts } from './admission.ts';
import { epochOf, type StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import { buildTwin, findStream, lastEventId, streamRequestSchema } from './twin.ts';

/** Headers of every response that is an event stream. */
export const sseHead = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

interface SseFormat {
  /** Whether tokens carry an `id`, with which an EventSource resumes. */
  readonly hasIds: boolean;
  /** The reconnection time requested of the client, ms. */
  readonly retryMs?: number;
  readonly writes?: Writes | undefined;
}

interface SseTwinOptions {
  readonly payload: PayloadName;
  readonly retryMs?: number;
  readonly writes?: Writes | undefined;
  /** Schema of the stream route, set when it accepts more than a trial needs. */
  readonly schema?: typeof streamRequestSchema;
}

export function buildSseTwin(
  parts: TwinParts,
  { payload, retryMs, writes, schema = streamRequestSchema }: SseTwinOptions,
): FastifyInstance {
  const app = buildTwin(parts);
  const format = { hasIds: payloads[payload].isNumbered, writes, ...(retryMs !== undefined && { retryMs }) };
  const route = { schema, preHandler: findStream(parts) };
  // Fastify would answer HEAD with the handler of GET, which starts a stream that the client cannot read.
  app.head('/v1/streams/:id', route, (_request, reply) => reply.headers(sseHead).send());
  app.get('/v1/streams/:id', { ...route, exposeHeadRoute: false }, (request, reply) => {
    const handlerNs = parts.now();
    reply.hijack();
    const plan = request.streamPlan as StreamPlan;
    const after = parts.streams.lasting === undefined ? undefined : lastEventId(request);
    parts.streams.start(plan, sseSink(reply.raw, plan, format), { handlerNs, after });
  });
  return app;
}

/** Works without Fastify, too. */
export function sseSink(response: ServerResponse, plan: StreamPlan, { hasIds, retryMs = SSE_RETRY_MS, writes }: SseFormat): StreamSink {
  const socket = response.socket as Socket;
  const epoch = epochOf(plan);
  response.on('error', () => socket.destroy());
  const bytesBefore = socket.bytesWritten;
  response.writeHead(200, sseHead);
  // The head leaves alone and at once: a receiver's `open` must not wait for the first token.
  response.flushHeaders();
  const headBytes = socket.bytesWritten - bytesBefore;
  // node:http corks all writes of one turn into one writev at its end, where ws writes each message at once: the idiomatic
  // form of both, and the cause of SSE's few µs more on the way to the wire.
  const writeToken = (sequence: number, text: string): void =>
    void response.write(hasIds ? `id: ${epoch}.${sequence}\ndata: ${text}\n\n` : `data: ${text}\n\n`);
  // node:http does not cork a socket that is corked already, so the token leaves at once.
  const writeAtOnce = (sequence: number, text: string): void => {
    socket.cork();
    writeToken(sequence, text);
    socket.uncork();
  };
  const idLine = (sequence: number): string => (hasIds ? `id: ${epoch}.${sequence}\n` : '');
  return {
    socket,
    headBytes,
    bytesWritten: () => socket.bytesWritten - bytesBefore,
    onClose: (callback) => void response.once('close', callback),
    // The id is the cursor of a receiver that has everything before the first token that follows.
    open: (event) => void response.write(`event: open\n${idLine(event.from - 1)}retry: ${retryMs}\ndata: ${JSON.stringify(event)}\n\n`),
    token: writes === 'at-once' ? writeAtOnce : writeToken,
    done: (event) => void response.end(`event: done\n${idLine(event.s)}data: ${JSON.stringify(event)}\n\n`),
    gap: (event) => void response.write(`event: gap\ndata: ${JSON.stringify(event)}\n\n`),
    // A comment (WHATWG HTML §9.2.7 advises one every 15 s or so). No client answers it, while every WebSocket answers a ping.
    heartbeat: () => void response.write(':\n\n'),
    isAnswering: () => undefined,
    bye: () => {
      response.end(`event: bye\nretry: ${retryMs}\ndata: {}\n\n`);
      // Otherwise the connection would be kept for another request.
      socket.end();
    },
    // HTTP cannot state the reason once the response has begun, while WebSocket has a close code.
    replaced: () => void socket.destroy(),
    abort: () => void socket.destroy(),
  };
}
