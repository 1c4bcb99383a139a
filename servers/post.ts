// The route of a stream that a POST asks for, with a JSON request as the APIs of language models
// have it.

import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { TwinParts } from './admission.ts';
import type { StreamPlan } from './planned-streams.ts';
import type { StreamSink } from './stream-sink.ts';
import { findStream, lastEventId, streamRequestSchema } from './twin.ts';

/**
 * `after` is the cursor of a receiver that resumes. Fields that only a model would need are allowed
 * and have no effect.
 */
const bodySchema = {
  type: 'object',
  required: ['stream'],
  properties: { stream: { type: 'boolean', const: true }, after: { type: 'string' } },
} as const;

interface PostRoute {
  readonly url: `${string}/:id`;
  readonly sinkOf: (response: ServerResponse, plan: StreamPlan) => StreamSink;
}

export function addPost(app: FastifyInstance, parts: TwinParts, { url, sinkOf }: PostRoute): void {
  const route = {
    schema: { ...streamRequestSchema, body: bodySchema },
    preHandler: findStream(parts),
  };
  app.post(url, route, (request, reply) => {
    const handlerNs = parts.now();
    reply.hijack();
    const plan = request.streamPlan as StreamPlan;
    const after = parts.streams.lasting === undefined ? undefined : lastEventId(request);
    parts.streams.start(plan, sinkOf(reply.raw, plan), { handlerNs, after });
  });
}
