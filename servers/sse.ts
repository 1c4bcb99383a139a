// The SSE twins: an event stream in the response to a GET, to a GET that accepts gzip, to a POST
// with a JSON request as the APIs of language models have it, or to a GET over HTTP/2. Routing, validation and limits stay
// Fastify's.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { renderTyped, SSE_RETRY_MS } from '../bench/contract/control-events.ts';
import { payloads, type PayloadName } from '../bench/contract/payload.ts';
import type { ApiStreaming } from '../bench/contract/payloads/payload-profile.ts';
import type { TwinParts } from './admission.ts';
import { httpSink, type EventFormat } from './http-sink.ts';
import { http2Sink } from './http2-sink.ts';
import { epochOf, type StreamPlan } from './planned-streams.ts';
import { addPost } from './post.ts';
import type { StreamSink } from './stream-sink.ts';
import {
  buildTwin,
  findStream,
  startStream,
  streamRequestSchema,
  type Http2Options,
  type SinkOf,
} from './twin.ts';

/** Headers of every response that is an event stream. */
export const sseHead = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

/** The form of a stream's events. */
interface EventForm {
  /** Whether tokens carry an `id`, with which an EventSource resumes. */
  readonly hasIds: boolean;
  /** The API whose events these are, with names and an end of its own; absent for plain events. */
  readonly api?: ApiStreaming | undefined;
  /** The reconnection time requested of the client, ms. */
  readonly retryMs?: number;
}

interface SseFormat extends EventForm {
  readonly writes?: Writes | undefined;
  readonly isCompressed?: boolean;
}

interface SseTwinOptions {
  readonly payload: PayloadName;
  readonly retryMs?: number;
  readonly writes?: Writes | undefined;
  /** Whether a client that accepts gzip gets it. */
  readonly isCompressed?: boolean;
  /** Set for a twin that speaks HTTP/2 in place of HTTP/1.1. */
  readonly http2?: Http2Options;
  /** Whether a stream may also be asked for by POST; a receiver that resumes asks by GET. */
  readonly takesPost?: boolean;
  /** Schema of the stream route, set when it accepts more than a trial needs. */
  readonly schema?: typeof streamRequestSchema;
}

const STREAM_ROUTE = '/v1/streams/:id';

export function buildSseTwin(
  parts: TwinParts,
  {
    payload,
    retryMs,
    writes,
    isCompressed = false,
    takesPost = false,
    http2,
    schema = streamRequestSchema,
  }: SseTwinOptions,
): FastifyInstance {
  const app = buildTwin(parts, { http2 });
  const format = {
    hasIds: payloads[payload].isNumbered,
    api: payloads[payload].api,
    writes,
    ...(retryMs !== undefined && { retryMs }),
  };
  const route = { schema, preHandler: findStream(parts) };
  const sinkOf: SinkOf = ({ raw, request }, plan) =>
    http2 !== undefined
      ? http2SseSink((raw as unknown as Http2ServerResponse).stream, plan, format)
      : sseSink(raw, plan, { ...format, isCompressed: isCompressed && acceptsGzip(request) });
  // Fastify would answer HEAD with the handler of GET, which starts a stream that the client cannot
  // read.
  app.head(STREAM_ROUTE, route, (_request, reply) => reply.headers(sseHead).send());
  app.get(STREAM_ROUTE, { ...route, exposeHeadRoute: false }, startStream(parts, sinkOf));
  if (takesPost) addPost(app, parts, { url: STREAM_ROUTE, sinkOf });
  return app;
}

/** RFC 9110 §12.5.3, without the weights, which no client of an event stream sends. */
function acceptsGzip({ headers }: FastifyRequest): boolean {
  return /\bgzip\b/.test(headers['accept-encoding']?.toString() ?? '');
}

/** Works without Fastify, too. */
export function sseSink(
  response: ServerResponse,
  plan: StreamPlan,
  { writes, isCompressed = false, ...form }: SseFormat,
): StreamSink {
  return httpSink(response, {
    head: sseHead,
    format: eventsOf(epochOf(plan), form),
    writes,
    isCompressed,
  });
}

export function http2SseSink(
  stream: ServerHttp2Stream,
  plan: StreamPlan,
  form: EventForm,
): StreamSink {
  return http2Sink(stream, { head: sseHead, format: eventsOf(epochOf(plan), form) });
}

/** `event: NAME` for an event that has a name; the other transports do not name messages. */
const nameLine = (name: string | undefined): string =>
  name === undefined ? '' : `event: ${name}\n`;

function eventsOf(epoch: string, { hasIds, api, retryMs = SSE_RETRY_MS }: EventForm): EventFormat {
  const idLine = (sequence: number): string => (hasIds ? `id: ${epoch}.${sequence}\n` : '');
  const tokenName = nameLine(api?.tokenEvent);
  const endMark = api?.endMark === undefined ? '' : `data: ${api.endMark}\n\n`;
  return {
    // The id is the cursor of a receiver that has everything before the first token that follows.
    open: (event) =>
      api === undefined
        ? `event: open\n${idLine(event.from - 1)}retry: ${retryMs}\ndata: ${JSON.stringify(event)}\n\n`
        : `: open ${JSON.stringify(event)}\nretry: ${retryMs}\n\n`,
    message: ({ name, data }) => `${nameLine(name)}data: ${data}\n\n`,
    token: hasIds
      ? (sequence, payload) => `id: ${epoch}.${sequence}\ndata: ${payload}\n\n`
      : (_sequence, payload) => `${tokenName}data: ${payload}\n\n`,
    done: (event) =>
      api === undefined
        ? `event: done\n${idLine(event.s)}data: ${JSON.stringify(event)}\n\n`
        : // The mark says that the stream is whole, which one that was stopped is not.
          `${event.finish === 'stop' ? endMark : ''}data: ${renderTyped('done', event)}\n\n`,
    gap: (event) => `event: gap\ndata: ${JSON.stringify(event)}\n\n`,
    // A comment (WHATWG HTML §9.2.7 advises one every 15 s or so).
    heartbeat: ':\n\n',
    bye: `event: bye\nretry: ${retryMs}\ndata: {}\n\n`,
  };
}
