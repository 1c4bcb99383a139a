// The page of one twin reads the other, which is another origin because its port is another. Only
// servers for people allow it.

import type { FastifyInstance } from 'fastify';
import { STREAM_ID_HEADER } from './chat.ts';

const everyResponse = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': STREAM_ID_HEADER,
} as const;
/**
 * A browser sends a preflight before a POST of JSON, and before a GET with a cursor that the page
 * itself set (Fetch §4.8).
 */
const preflight = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'content-type, last-event-id',
  'access-control-max-age': '600',
} as const;

/** Applies to every route of the app, also to those added before. */
export function allowCrossOrigin(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, { raw }) => {
    // Set on the raw response, because a stream's head is written without Fastify.
    for (const [name, value] of Object.entries(everyResponse)) raw.setHeader(name, value);
  });
  app.options('*', async (_request, reply) => await reply.code(204).headers(preflight).send());
}
