// One server process: the twin of its trial's transport, or the null arm.

import type { TransportId } from '../bench/contract/transports.ts';
import { listenBare, listenFastify } from './listen.ts';
import { serveTrial, type ServerStarter } from './server-process.ts';
import { buildSseTwin } from './sse.ts';
import { buildTcpServer } from './tcp.ts';
import { buildWebSocketTwin } from './websocket.ts';

const starters = {
  sse: async (parts, { payload, port }) => await listenFastify(buildSseTwin(parts, payload), port),
  ws: async (parts, { port }) => await listenFastify(buildWebSocketTwin(parts), port),
  tcp: async (parts, { port }) => await listenBare(buildTcpServer(parts), parts.streams, port),
} satisfies Record<TransportId, ServerStarter>;

serveTrial(({ transport }) => starters[transport]);
