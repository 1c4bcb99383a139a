// The route of a stream that a POST asks for, with a JSON request as the APIs of language models
// have it.

import type { FastifyInstance } from 'fastify';
import type { TwinParts } from './admission.ts';
import { findStream, startStream, streamRequestSchema, type SinkOf } from './twin.ts';

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
  readonly sinkOf: SinkOf;
}

export function addPost(app: FastifyInstance, parts: TwinParts, { url, sinkOf }: PostRoute): void {
  const route = {
    schema: { ...streamRequestSchema, body: bodySchema },
    preHandler: findStream(parts),
  };
  app.post(url, route, startStream(parts, sinkOf));
}
