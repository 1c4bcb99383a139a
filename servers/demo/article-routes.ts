// Routes of the article's demo over each transport: the event stream as the article wrote it
// (`?naive=1`) and as it should be, and its twin of text messages.

import type { FastifyInstance } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { closeCodes, renderCursor, SSE_RETRY_MS } from '../../bench/contract/control-events.ts';
import type { StreamPlan } from '../planned-streams.ts';
import { sseHead, sseSink } from '../sse.ts';
import type { StreamSink } from '../stream-sink.ts';
import { lastEventId, refuse } from '../twin.ts';
import { refusePlain } from '../websocket.ts';
import { webSocketSink } from '../websocket-sink.ts';
import { admitArticle, ARTICLE_PATH, articleSchema, type ArticleRequest } from './article.ts';
import type { DemoParts } from './demo-parts.ts';

/**
 * A client that resumes a stream that is over, or unknown, is stopped with 204 (WHATWG HTML
 * §9.2.3).
 */
export function addArticleEvents(app: FastifyInstance, parts: DemoParts): void {
  app.head(ARTICLE_PATH, { schema: articleSchema }, (_request, reply) =>
    reply.headers(sseHead).send(),
  );
  app.get(ARTICLE_PATH, { schema: articleSchema, exposeHeadRoute: false }, (request, reply) => {
    const handlerNs = parts.now();
    const asked = request.query as ArticleRequest;
    const isNaive = asked.naive !== undefined;
    const after = isNaive ? undefined : lastEventId(request);
    const admission = admitArticle(parts, asked, after);
    switch (admission.outcome) {
      case 'serve': {
        reply.hijack();
        const sink = isNaive
          ? naiveSink(reply.raw, admission.plan)
          : fixedSink(reply.raw, admission.plan);
        parts.streams.start(admission.plan, sink, { handlerNs, after });
        return;
      }
      case 'refused':
        refuse(reply, admission.statusCode, admission.message);
        return;
      default:
        void reply.code(204).send();
    }
  });
}

function fixedSink(response: ServerResponse, plan: StreamPlan): StreamSink {
  return {
    ...sseSink(response, plan, { hasIds: true }),
    // A cursor without an event: a client that is disconnected before the first message has one,
    // and no listener is called.
    open: ({ epoch, from }) =>
      void response.write(
        `id: ${renderCursor({ epoch, sequence: from - 1 })}\nretry: ${SSE_RETRY_MS}\n\n`,
      ),
  };
}

/**
 * Ends without `done`: an EventSource takes that for a lost connection and reconnects, for ever.
 */
function naiveSink(response: ServerResponse, plan: StreamPlan): StreamSink {
  return {
    ...sseSink(response, plan, { hasIds: false }),
    open: () => {},
    done: () => void response.end(),
  };
}

/**
 * Call after the twin was built: WebSocket routes need its plugin. `naive` has no effect: no
 * WebSocket reconnects by itself.
 */
export function addArticleMessages(app: FastifyInstance, parts: DemoParts): void {
  void app.register((scope, _options, done) => {
    scope.route({
      method: 'GET',
      url: ARTICLE_PATH,
      schema: articleSchema,
      handler: refusePlain,
      wsHandler: (webSocket, request) => {
        const handlerNs = parts.now();
        const admission = admitArticle(parts, request.query as ArticleRequest, undefined);
        if (admission.outcome === 'serve')
          parts.streams.start(admission.plan, messageSink(webSocket, request.raw.socket), {
            handlerNs,
          });
        else webSocket.close(closeCodes.overload);
      },
    });
    done();
  });
}

/** Uses the close codes for what SSE states with `done` and `bye`. */
function messageSink(webSocket: WebSocket, socket: Socket): StreamSink {
  return {
    ...webSocketSink({ webSocket, socket }),
    open: () => {},
    done: () => webSocket.close(closeCodes.normal),
    bye: () => webSocket.close(closeCodes.restart),
  };
}
