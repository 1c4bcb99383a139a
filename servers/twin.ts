// The Fastify app that both twins share: requests, limits, errors, health, shutdown. The only
// difference between the twins is the one route that their transport files add.

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { TlsOptions } from 'node:tls';
import { TLS_VERSION, type Certificate } from '../bench/contract/certificate.ts';
import {
  cancelPathOf,
  MOST_STEER_CHARACTERS,
  steerPathOf,
  steerTextOf,
} from '../bench/contract/control-events.ts';
import { admit, type TwinParts } from './admission.ts';
import { MAX_CLIENT_MESSAGE_BYTES } from './client-message.ts';
import { closeStreams } from './listen.ts';
import type { StreamPlan, StreamRequest } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import type { Streams } from './streams.ts';

export const streamFields = {
  id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' },
  n: { type: 'integer', minimum: 1, maximum: 100_000 },
  rate: { type: 'number', exclusiveMinimum: 0, maximum: 10_000 },
  seed: { type: 'integer', minimum: 0, maximum: 4_294_967_295 },
  // The shortest padding is an empty member of the payload's JSON.
  pad: { type: 'integer', minimum: 8, maximum: 65_536 },
} as const;

/**
 * Fields of a stream request on both twins: an id, and for a stream that no trial planned `n`,
 * `rate`, `seed` and `pad`.
 */
export const streamRequestSchema = requestSchemaWith({});

/** The same schema with further fields of the query, by name. */
export function requestSchemaWith<Fields extends object>(fields: Fields) {
  return {
    params: { type: 'object', required: ['id'], properties: { id: streamFields.id } },
    querystring: {
      type: 'object',
      additionalProperties: false,
      properties: {
        n: streamFields.n,
        rate: streamFields.rate,
        seed: streamFields.seed,
        pad: streamFields.pad,
        ...fields,
      },
    },
  } as const;
}

/** Options of a server over TLS. */
export function secure({ cert, key }: Certificate): TlsOptions {
  return { cert, key, minVersion: TLS_VERSION };
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `findStream` before a stream route's handler runs. */
    streamPlan: StreamPlan | null;
  }
}

/** Settings of HTTP/2; those left out are node:http2's own. */
export interface Http2Options {
  /**
   * Streams that a client may have open on a connection, which the server announces (RFC 9113
   * §6.5.2); without it, it does not say.
   */
  readonly allowedStreams?: number | undefined;
}

interface TwinOptions {
  /** HTTP/2; without TLS with prior knowledge (RFC 9113 §3.3). HTTP/1.1 otherwise. */
  readonly http2?: Http2Options | undefined;
}

export function buildTwin(parts: TwinParts, { http2 }: TwinOptions = {}): FastifyInstance {
  const { allowedStreams } = http2 ?? {};
  const ofHttp2 = allowedStreams !== undefined && {
    settings: { maxConcurrentStreams: allowedStreams },
  };
  const app = Fastify({
    // The types of the two kinds of server differ where the twins do not use them.
    ...((http2 !== undefined && { http2: true, http: { ...ofHttp2 } }) as object),
    ...(parts.tls !== undefined && { https: { ...secure(parts.tls), ...ofHttp2 } }),
    logger: false,
    // Idle keep-alive connections would hold close() back.
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  });
  app.decorateRequest('streamPlan', null);
  app.get('/healthz', () => ({ status: 'ok', openStreams: parts.streams.openStreams }));
  app.setNotFoundHandler((request, reply) =>
    refuse(reply, 404, `no route ${request.method} ${request.url.split('?')[0]}`),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    refuse(reply, error.statusCode ?? 500, error.message),
  );
  app.addHook('preClose', () => closeStreams(parts.streams));
  addCancel(app, parts.streams);
  addSteer(app, parts.streams);
  return app;
}

/**
 * The request that stops a stream, on both twins. It answers 200 for a stream that it stopped, and
 * 404 for any other: one that is over, was stopped before, or never began. The body is not used, and
 * may be as long as a message of a WebSocket.
 */
function addCancel(app: FastifyInstance, streams: Streams): void {
  app.post(
    cancelPathOf(':id'),
    { schema: { params: streamRequestSchema.params }, bodyLimit: MAX_CLIENT_MESSAGE_BYTES },
    (request, reply) => {
      const { id } = request.params as { id: string };
      return streams.cancel(id)
        ? reply.send({ id, cancelled: true })
        : refuse(reply, 404, notRunning(id));
    },
  );
}

const notRunning = (id: string): string => `no stream ${id} runs here: it is over, or never began`;

/**
 * The request that gives input to a stream that runs, on both twins. It answers 200 once the stream
 * has the input, which is taken up with its next token; the same text again is another input. 404 for
 * a stream that does not run, 409 for one that takes no input, 429 where too much waits.
 */
function addSteer(app: FastifyInstance, streams: Streams): void {
  app.post(
    steerPathOf(':id'),
    { schema: { params: streamRequestSchema.params }, bodyLimit: MAX_CLIENT_MESSAGE_BYTES },
    (request, reply) => {
      const { id } = request.params as { id: string };
      const text = steerTextOf(request.body);
      if (text === undefined)
        return refuse(
          reply,
          400,
          `the body must be {"text": …} with a text of 1 to ${MOST_STEER_CHARACTERS} characters`,
        );
      switch (streams.steer(id, text)) {
        case 'accepted':
          return reply.send({ id, steered: true });
        case 'unknown':
          return refuse(reply, 404, notRunning(id));
        case 'full':
          return refuse(reply, 429, `stream ${id} has as many inputs waiting as it may`);
        default:
          return refuse(reply, 409, `stream ${id} takes no input`);
      }
    },
  );
}

const FREE_STREAM = 'name n, rate or seed to describe another';

/** The stream that is requested on a route of `streamRequestSchema`. */
export function askedStream(request: FastifyRequest): StreamRequest {
  return { ...(request.params as { id: string }), ...(request.query as Omit<StreamRequest, 'id'>) };
}

/**
 * Runs before the handler of a stream route: refuses with 400, 404 or 503, or sets the plan of the
 * requested stream. A client that resumes one that is over or unknown is stopped with 204, the only
 * way to stop an EventSource (WHATWG HTML §9.2.3).
 */
export function findStream(parts: TwinParts) {
  return async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const admission = admit(
      parts,
      askedStream(request),
      parts.streams.lasting === undefined ? undefined : lastEventId(request),
    );
    switch (admission.outcome) {
      case 'serve':
        request.streamPlan = admission.plan;
        return undefined;
      case 'refused':
        return await refuse(
          reply,
          admission.statusCode,
          admission.statusCode === 404 ? `${admission.message}; ${FREE_STREAM}` : admission.message,
        );
      default:
        return await reply.code(204).send();
    }
  };
}

/** Makes the sink of a stream that a request was admitted to. */
export type SinkOf = (reply: FastifyReply, plan: StreamPlan) => StreamSink;

/** The handler of a stream route after `findStream`: hands the raw response over to the stream. */
export function startStream({ streams, now }: TwinParts, sinkOf: SinkOf) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const handlerNs = now();
    reply.hijack();
    const plan = request.streamPlan as StreamPlan;
    const after = streams.lasting === undefined ? undefined : lastEventId(request);
    const start = (): void => streams.start(plan, sinkOf(reply, plan), { handlerNs, after });
    onceFree(reply.raw, start);
  };
}

/**
 * A client that has the whole response before may send its next request on the connection before
 * node:http has learnt that its last write is done; over TLS that happens often. Until then the
 * socket is the other response's, whose end is told on the next tick: its bytes are counted there.
 */
export function onceFree(response: ServerResponse, start: () => void): void {
  if (response.socket === null) response.once('socket', () => process.nextTick(start));
  else start();
}

/**
 * The cursor of a receiver that resumes over HTTP. An empty one is none: EventSource then leaves
 * the field out. The query, on routes that have it, is for a page that opens an EventSource anew:
 * it cannot set the field, which later has a newer cursor. A POST has it in its body.
 */
export function lastEventId({ headers, query, body }: FastifyRequest): string | undefined {
  const id =
    headers['last-event-id'] ??
    (query as { lastEventId?: string }).lastEventId ??
    (body as { after?: string } | undefined)?.after;
  return id === undefined || id === '' ? undefined : String(id);
}

const statusNames: Record<number, string> = {
  400: 'Bad Request',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** Every refusal is the same JSON on both twins. */
export function refuse(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return reply
    .code(statusCode)
    .type('application/json')
    .send({ statusCode, error: statusNames[statusCode] ?? 'Error', message });
}
