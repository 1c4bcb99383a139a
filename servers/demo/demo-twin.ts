// A twin with all that people need besides the streams: the page, its configuration, the article's
// demo, a route that cuts a connection, and access for pages of other origins. The measured twins
// have none of it.

import type { FastifyInstance } from 'fastify';
import type { DemoPorts, DemoTransport } from '../../bench/contract/demo.ts';
import { buildSseTwin } from '../sse.ts';
import { refuse, requestSchemaWith, streamRequestSchema } from '../twin.ts';
import { buildWebSocketTwin, resumeField } from '../websocket.ts';
import { addArticleEvents, addArticleMessages } from './article-routes.ts';
import { addChat } from './chat.ts';
import { addConfig } from './config.ts';
import { allowCrossOrigin } from './cross-origin.ts';
import { DEMO_PAYLOAD, type DemoParts } from './demo-parts.ts';
import { addPage, type PageFiles } from './page.ts';

interface DemoTwinOptions {
  readonly page: PageFiles;
  /** Ports of both twins; undefined until they are known. */
  readonly ports: () => DemoPorts | undefined;
}

export function buildDemoTwin(
  transport: DemoTransport,
  parts: DemoParts,
  { page, ports }: DemoTwinOptions,
): FastifyInstance {
  const app = builders[transport](parts);
  allowCrossOrigin(app);
  addPage(app, page);
  addConfig(app, { workloadNames: parts.planned.workloadNames, ports });
  addCut(app, parts);
  return app;
}

const workloadField = ({ planned }: DemoParts) =>
  ({ workload: { type: 'string', enum: planned.workloadNames } }) as const;

const builders = {
  sse: (parts) => {
    const fields = { ...workloadField(parts), lastEventId: { type: 'string' } } as const;
    const app = buildSseTwin(parts, { payload: DEMO_PAYLOAD, schema: requestSchemaWith(fields) });
    addArticleEvents(app, parts);
    addChat(app, parts, workloadField(parts));
    return app;
  },
  ws: (parts) => {
    const app = buildWebSocketTwin(parts, {
      schema: requestSchemaWith({ ...workloadField(parts), ...resumeField }),
    });
    addArticleMessages(app, parts);
    return app;
  },
} as const satisfies Record<DemoTransport, (parts: DemoParts) => FastifyInstance>;

/**
 * Simulates a network fault on demand: destroys the connection without a closing handshake, and the
 * stream goes on.
 */
function addCut(app: FastifyInstance, { streams }: DemoParts): void {
  app.post(
    '/v1/streams/:id/cut',
    { schema: { params: streamRequestSchema.params } },
    (request, reply) => {
      const { id } = request.params as { id: string };
      return streams.cut(id)
        ? reply.send({ id, cut: 1 })
        : refuse(reply, 404, `nobody receives a stream ${id}`);
    },
  );
}
