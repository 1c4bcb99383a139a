// What the twins of sessions share: the Fastify app of all twins, the check of a session's name, and
// the end of all sessions when the server closes.

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { TwinParts } from '../admission.ts';
import { buildTwin, refuse, streamFields } from '../twin.ts';
import type { Opened, DuplexSessions } from './duplex-sessions.ts';
import type { SessionRefusal } from './duplex-refusals.ts';

export const SESSION_ROUTE = '/v1/duplex/:id';

export const sessionSchema = {
  params: { type: 'object', required: ['id'], properties: { id: streamFields.id } },
} as const;

export const sessionIdOf = ({ params }: { readonly params: unknown }): string =>
  (params as { id: string }).id;

export function buildDuplexTwin(parts: TwinParts, sessions: DuplexSessions): FastifyInstance {
  const app = buildTwin(parts);
  app.addHook('preClose', (done) => {
    sessions.stop();
    done();
  });
  return app;
}

export function refuseSession(
  reply: FastifyReply,
  { statusCode, message }: SessionRefusal,
): FastifyReply {
  return refuse(reply, statusCode, message);
}

/** Answers the refusal of an opening; undefined where there is none. */
export function refused(reply: FastifyReply, opened: Opened): FastifyReply | undefined {
  return opened.session === undefined ? refuseSession(reply, opened.refusal) : undefined;
}
