// `POST /v1/chat`: a stream as the response to a POST, as ChatGPT and the APIs of language models
// send theirs. It is the same stream that `GET /v1/streams/:id` sends, so that route resumes it
// with a cursor.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { admit } from '../admission.ts';
import type { StreamRequest } from '../planned-streams.ts';
import { sseSink } from '../sse.ts';
import { refuse, streamFields } from '../twin.ts';
import type { DemoParts } from './demo-parts.ts';

/** Reports the stream's id to the client, which may have named none. */
export const STREAM_ID_HEADER = 'x-stream-id';
const ID_BYTES = 9;

interface ChatRequest extends Omit<StreamRequest, 'id'> {
  readonly id?: string;
  readonly stream: true;
}

/** A repeated id returns the stream from its beginning: never a second generation. */
export function addChat(app: FastifyInstance, parts: DemoParts, workloadField: object): void {
  const { planned, streams, now } = parts;
  const body = {
    type: 'object',
    required: ['stream'],
    additionalProperties: false,
    properties: { ...streamFields, ...workloadField, stream: { type: 'boolean', enum: [true] } },
  } as const;
  app.post('/v1/chat', { schema: { body }, schemaErrorFormatter: explain }, (request, reply) => {
    const handlerNs = now();
    const { id = madeUpId(), stream: _stream, ...described } = request.body as ChatRequest;
    const admission = admit(parts, { id, workload: planned.defaultWorkload, ...described });
    if (admission.outcome === 'refused') {
      refuse(reply, admission.statusCode, admission.message);
      return;
    }
    assert(admission.outcome === 'serve', 'who brings no cursor does not come back');
    reply.raw.setHeader(STREAM_ID_HEADER, id);
    reply.hijack();
    streams.start(admission.plan, sseSink(reply.raw, admission.plan, { hasIds: true }), {
      handlerNs,
    });
  });
}

function madeUpId(): string {
  return `st_${randomBytes(ID_BYTES).toString('base64url')}`;
}

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Record<string, unknown>;
  readonly message?: string;
}

/** Fastify's own message, extended by the name of an unknown field. */
function explain(errors: readonly SchemaError[], where: string): Error {
  const [error] = errors;
  const unknown =
    error?.keyword === 'additionalProperties'
      ? `: ${String(error.params['additionalProperty'])}`
      : '';
  return new Error(
    `${where}${error?.instancePath ?? ''} ${error?.message ?? 'is not what was expected'}${unknown}`,
  );
}
