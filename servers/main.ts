// One server process: the twin of its trial's transport, or the null arm.

import type { TransportId } from '../bench/contract/arms/transports.ts';
import { listenBare, listenFastify } from './listen.ts';
import { serveTrial } from './server-process.ts';
import type { ServerStarter } from './server-trial.ts';
import { buildSseTwin } from './sse.ts';
import { buildTcpServer } from './tcp.ts';
import { buildWebSocketTwin } from './websocket.ts';

const starters = {
  sse: async (parts, { payload, recovery, writes, ...address }) =>
    await listenFastify(buildSseTwin(parts, { payload, writes, ...(recovery !== undefined && { retryMs: recovery.retryMs }) }), address),
  ws: async (parts, { writes, ...address }) => await listenFastify(buildWebSocketTwin(parts, { writes }), address),
  tcp: async (parts, address) => await listenBare(buildTcpServer(parts), parts.streams, address),
} satisfies Record<TransportId, ServerStarter>;

serveTrial(({ transport }) => starters[transport]);
