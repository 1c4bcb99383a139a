// The Fastify app that both twins share: requests, limits, errors, health, shutdown. The only difference between the
// twins is the one route that their transport files add.

import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { PlannedStreams, StreamPlan, StreamRequest } from './planned-streams.ts';
import type { Streams } from './streams.ts';

export interface TwinParts {
  readonly streams: Streams;
  readonly planned: PlannedStreams;
  readonly now: () => number;
}

/** What both twins accept for a stream: an id, and for one that no trial planned `n`, `rate` and `seed`. */
export const streamRequestSchema = {
  params: {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$' } },
  },
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      n: { type: 'integer', minimum: 1, maximum: 100_000 },
      rate: { type: 'number', exclusiveMinimum: 0, maximum: 10_000 },
      seed: { type: 'integer', minimum: 0, maximum: 4_294_967_295 },
    },
  },
} as const;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `findStream` before a stream route's handler runs. */
    streamPlan: StreamPlan | null;
  }
}

/** How long open streams may take to end when the server closes. */
const SHUTDOWN_GRACE_MS = 1000;

export function buildTwin(parts: TwinParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    // Idle keep-alive connections would hold close() back.
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  });
  app.decorateRequest('streamPlan', null);
  app.get('/healthz', () => ({ status: 'ok', openStreams: parts.streams.openStreams }));
  app.setNotFoundHandler((request, reply) => refuse(reply, 404, `no route ${request.method} ${request.url.split('?')[0]}`));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => refuse(reply, error.statusCode ?? 500, error.message));
  app.addHook('preClose', () => closeStreams(parts.streams));
  return app;
}

/** Runs before the handler of a stream route: answers 404 or 503, or sets the plan of the stream asked for. */
export function findStream(parts: TwinParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (parts.streams.isFull) return await refuse(reply, 503, 'the server has as many streams as it may');
    const asked = { ...(request.params as { id: string }), ...(request.query as Omit<StreamRequest, 'id'>) };
    const plan = parts.planned.find(asked);
    if (plan === undefined)
      return await refuse(reply, 404, `no stream ${asked.id} in this trial; name n, rate or seed to describe another`);
    request.streamPlan = plan;
    return undefined;
  };
}

const statusNames: Record<number, string> = { 400: 'Bad Request', 404: 'Not Found', 426: 'Upgrade Required', 503: 'Service Unavailable' };

/** Every refusal is the same JSON on both twins. */
export function refuse(reply: FastifyReply, statusCode: number, message: string): FastifyReply {
  return reply
    .code(statusCode)
    .type('application/json')
    .send({ statusCode, error: statusNames[statusCode] ?? 'Error', message });
}

/** A plain Fastify close() waits for ever on an open SSE response, so the streams are ended first. */
async function closeStreams(streams: Streams): Promise<void> {
  streams.sayBye();
  const deadline = Date.now() + SHUTDOWN_GRACE_MS;
  while (streams.openStreams > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  streams.abortAll();
}
