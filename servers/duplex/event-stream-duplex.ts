// The twin whose sessions take two lanes: an event stream in the response to a GET leads down, and
// what the client sends comes in requests of its own, as a POST a frame or as one POST of all.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { ServerResponse } from 'node:http';
import {
  binaryFrameBytes,
  DONE_MESSAGE,
  parseBinaryFrame,
  renderTextFrame,
} from '../../bench/contract/duplex-frames.ts';
import type { TwinParts } from '../admission.ts';
import { sseHead } from '../sse.ts';
import { noFrame, renderRefusal, sessionOver, wrongSize } from './duplex-refusals.ts';
import type { DownLane, DuplexSession } from './duplex-session.ts';
import type { DuplexSessions } from './duplex-sessions.ts';
import {
  buildDuplexTwin,
  refused,
  refuseSession,
  SESSION_ROUTE,
  sessionIdOf,
  sessionSchema,
} from './duplex-twin.ts';
import { FrameCutter } from './frame-cutter.ts';

const FRAME_TYPE = 'application/octet-stream';

export function buildEventStreamDuplex(
  parts: TwinParts,
  sessions: DuplexSessions,
): FastifyInstance {
  const app = buildDuplexTwin(parts, sessions);
  app.get(
    SESSION_ROUTE,
    { schema: sessionSchema, exposeHeadRoute: false },
    async (request, reply) => {
      const opened = sessions.openDown(sessionIdOf(request), (session) =>
        eventStreamLane(reply.raw, session),
      );
      const refusal = refused(reply, opened);
      if (refusal !== undefined) return await refusal;
      reply.hijack();
      reply.raw.writeHead(200, sseHead);
      reply.raw.flushHeaders();
      return undefined;
    },
  );
  void app.register(addFrames(sessions));
  void app.register(addUpload(sessions));
  app.delete(SESSION_ROUTE, { schema: sessionSchema }, (request, reply) => {
    const opened = sessions.find(sessionIdOf(request));
    opened.session?.endUp();
    return refused(reply, opened) ?? reply.code(204).send();
  });
  return app;
}

function eventStreamLane(response: ServerResponse, session: DuplexSession): DownLane {
  // The error of a socket that is gone is told by its close.
  response.on('error', () => undefined);
  response.once('close', () => session.cutDown());
  const end = (name: string, data: string): void =>
    void response.end(`event: ${name}\ndata: ${data}\n\n`);
  return {
    frame: (frame) => void response.write(`data: ${renderTextFrame(frame)}\n\n`),
    done: () => end('done', DONE_MESSAGE),
    fail: (refusal) => end('stream-error', renderRefusal(refusal)),
    abort: () => void response.destroy(),
  };
}

/** A POST is one frame. A wrong one ends the session, as it does over a WebSocket. */
function addFrames(sessions: DuplexSessions) {
  return (scope: FastifyInstance, _options: object, done: () => void): void => {
    scope.addContentTypeParser(FRAME_TYPE, { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post(`${SESSION_ROUTE}/frames`, { schema: sessionSchema }, (request, reply) => {
      const opened = sessions.find(sessionIdOf(request));
      const { session } = opened;
      if (session === undefined) return refused(reply, opened);
      const body = request.body as Buffer;
      const expected = binaryFrameBytes(sessions.frameBytes);
      const frame = body.length === expected ? parseBinaryFrame(body) : undefined;
      if (body.length !== expected)
        session.fail(
          wrongSize(body.length - binaryFrameBytes(0), sessions.frameBytes),
          'wrong-size',
        );
      else if (frame === undefined) session.fail(noFrame, 'no-frame');
      else session.takeUp(frame);
      return session.refusal === undefined
        ? reply.code(204).send()
        : refuseSession(reply, session.refusal);
    });
    done();
  };
}

/** One POST has all frames of a session, end to end; chunks of the coding mean nothing. */
function addUpload(sessions: DuplexSessions) {
  return (scope: FastifyInstance, _options: object, done: () => void): void => {
    scope.addContentTypeParser(FRAME_TYPE, (_request, payload, parsed) => parsed(null, payload));
    scope.post(`${SESSION_ROUTE}/upload`, { schema: sessionSchema }, (request, reply) => {
      const opened = sessions.openUp(sessionIdOf(request));
      const { session } = opened;
      if (session === undefined) {
        // What is still to come of the body is not read.
        void reply.header('connection', 'close');
        return refused(reply, opened);
      }
      takeUpload(sessions, session, { request, reply });
      return reply;
    });
    done();
  };
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function takeUpload(
  sessions: DuplexSessions,
  session: DuplexSession,
  { request, reply }: Exchange,
): void {
  const body = request.body as Readable;
  const cutter = new FrameCutter(binaryFrameBytes(sessions.frameBytes), (bytes) => {
    const frame = parseBinaryFrame(bytes);
    if (frame === undefined) session.fail(noFrame, 'no-frame');
    else session.takeUp(frame);
  });
  const answer = (): void => {
    if (reply.sent || request.raw.socket.destroyed) return;
    if (session.refusal === undefined && !session.isOver) void reply.code(204).send();
    else
      refuseSession(
        reply.header('connection', 'close'),
        session.refusal ?? sessionOver(session.plan.id),
      );
  };
  let isEnded = false;
  session.onFail = answer;
  session.onAbort = () => void request.raw.socket.destroy();
  body.on('data', (bytes: Buffer) => cutter.push(bytes));
  body.once('end', () => {
    isEnded = true;
    if (cutter.rest > 0)
      session.fail(
        wrongSize(Math.max(0, cutter.rest - binaryFrameBytes(0)), sessions.frameBytes),
        'wrong-size',
      );
    else if (session.refusal === undefined) {
      answer();
      session.endUp();
    }
  });
  body.on('error', () => undefined);
  request.raw.once('close', () => {
    if (!isEnded) session.cutUp();
  });
}
