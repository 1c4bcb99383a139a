// The twin whose sessions take one WebSocket for both directions, with frames in binary messages or,
// in base64, in text.

import websocketPlugin from '@fastify/websocket';
import type { FastifyInstance } from 'fastify';
import type { WebSocket } from 'ws';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { closeCodes } from '../../bench/contract/control-events.ts';
import {
  binaryFrameBytes,
  DONE_MESSAGE,
  END_MESSAGE,
  parseBinaryFrame,
  parseTextFrame,
  renderBinaryFrame,
  renderTextFrame,
  type Frame,
} from '../../bench/contract/duplex-frames.ts';
import { KIB } from '../../bench/contract/units.ts';
import type { TwinParts } from '../admission.ts';
import { refusePlain } from '../websocket.ts';
import { noFrame, renderRefusal, wrongSize, type SessionRefusal } from './duplex-refusals.ts';
import type { DownLane, DuplexSession } from './duplex-session.ts';
import type { DuplexSessions, Opened } from './duplex-sessions.ts';
import {
  buildDuplexTwin,
  refused,
  SESSION_ROUTE,
  sessionIdOf,
  sessionSchema,
} from './duplex-twin.ts';

/** A frame of 20 ms has less than 1 KiB. */
const MAX_MESSAGE_BYTES = 16 * KIB;

declare module 'fastify' {
  interface FastifyRequest {
    duplexSession: DuplexSession | null;
  }
}

export function buildWebSocketDuplex(
  parts: TwinParts,
  sessions: DuplexSessions,
  { isBinary }: { readonly isBinary: boolean },
): FastifyInstance {
  const app = buildDuplexTwin(parts, sessions);
  app.decorateRequest('duplexSession', null);
  void app.register(websocketPlugin, {
    options: {
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(WEBSOCKET_PROTOCOL) ? WEBSOCKET_PROTOCOL : false),
    },
    preClose(done) {
      for (const client of this.websocketServer.clients) client.terminate();
      this.websocketServer.close(() => done());
    },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  void app.register((scope, _options, done) => {
    scope.route({
      method: 'GET',
      url: SESSION_ROUTE,
      schema: sessionSchema,
      // A session that is unknown or has its lanes is refused before the 101, as over HTTP.
      preHandler: async (request, reply) => {
        const opened: Opened = sessions.openUp(sessionIdOf(request));
        const refusal = refused(reply, opened);
        if (refusal !== undefined) return await refusal;
        request.duplexSession = opened.session ?? null;
        return undefined;
      },
      handler: refusePlain,
      wsHandler: (webSocket, request) => {
        const session = request.duplexSession as DuplexSession;
        sessions.openDown(session.plan.id, () => webSocketLane(webSocket, isBinary));
        listen(webSocket, session, { isBinary, frameBytes: sessions.frameBytes });
      },
    });
    done();
  });
  return app;
}

const ignore = (): void => undefined;

function webSocketLane(webSocket: WebSocket, isBinary: boolean): DownLane {
  const end = (text: string, code: number): void => {
    webSocket.send(text, ignore);
    webSocket.close(code);
  };
  return {
    frame: isBinary
      ? (frame) => webSocket.send(renderBinaryFrame(frame), { binary: true }, ignore)
      : (frame) => webSocket.send(renderTextFrame(frame), ignore),
    done: () => end(DONE_MESSAGE, closeCodes.normal),
    fail: (refusal) => end(renderRefusal(refusal), closeCodes.badRequest),
    abort: () => webSocket.terminate(),
  };
}

interface ListenOptions {
  readonly isBinary: boolean;
  readonly frameBytes: number;
}

function listen(webSocket: WebSocket, session: DuplexSession, options: ListenOptions): void {
  const parse = parserOf(options);
  webSocket.on('message', (message: Buffer, isBinary: boolean) => {
    if (!isBinary && message.toString() === END_MESSAGE) {
      session.endUp();
      return;
    }
    const parsed = parse(message, isBinary);
    if ('statusCode' in parsed)
      session.fail(parsed, parsed === noFrame ? 'no-frame' : 'wrong-size');
    else session.takeUp(parsed);
  });
  webSocket.on('error', () => webSocket.terminate());
  // Both lanes are one: the upload is cut where it had not ended, and otherwise the client is gone.
  webSocket.once('close', () => {
    session.cutUp();
    session.cutDown();
  });
}

function parserOf({
  isBinary,
  frameBytes,
}: ListenOptions): (message: Buffer, isBinaryMessage: boolean) => Frame | SessionRefusal {
  const expected = binaryFrameBytes(frameBytes);
  if (!isBinary)
    return (message, isBinaryMessage) =>
      (isBinaryMessage ? undefined : parseTextFrame(message.toString())) ?? noFrame;
  return (message, isBinaryMessage) => {
    if (!isBinaryMessage) return noFrame;
    if (message.length !== expected)
      return wrongSize(message.length - binaryFrameBytes(0), frameBytes);
    return parseBinaryFrame(message) ?? noFrame;
  };
}
