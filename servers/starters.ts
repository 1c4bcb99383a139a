// The server of each transport: its twin on Fastify or, for the null arm, a bare one.

import { clientStacks, type ClientStack } from '../bench/contract/arms/stacks.ts';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import type { Writes } from '../bench/contract/arms/writes.ts';
import type { PayloadName } from '../bench/contract/payload.ts';
import type { TwinParts } from './admission.ts';
import { listenBare, listenFastify, type Address, type RunningServer } from './listen.ts';
import { buildBufferedTwin, buildNdjsonTwin } from './ndjson.ts';
import { buildSseTwin } from './sse.ts';
import { buildTcpServer } from './tcp.ts';
import { buildPostTurns } from './turns/post-turns.ts';
import { buildWebSocketTurns } from './turns/websocket-turns.ts';
import { buildWebSocketTwin, type WebSocketTwinOptions } from './websocket.ts';

interface ServerOptions extends Address {
  readonly payload: PayloadName;
  readonly client: ClientStack;
  readonly streamsPerConnection?: number | undefined;
  readonly writes?: Writes | undefined;
  /** Set when streams outlive their connections. */
  readonly recovery?: { readonly retryMs: number } | undefined;
}

type StartServer = (parts: TwinParts, options: ServerOptions) => Promise<RunningServer>;

const eventsOf = ({ payload, writes, recovery }: ServerOptions) => ({
  payload,
  writes,
  ...(recovery !== undefined && { retryMs: recovery.retryMs }),
});

/** A client that is told how many streams share a connection needs no limit of the server. */
function allowedBy({ client, streamsPerConnection }: ServerOptions): number | undefined {
  return clientStacks[client].sharesConnections === 'by-itself' ? streamsPerConnection : undefined;
}

const overWebSocket =
  (form: WebSocketTwinOptions): StartServer =>
  async (parts, { writes, ...address }) =>
    await listenFastify(buildWebSocketTwin(parts, { writes, ...form }), address);

export const starters: Readonly<Record<TransportId, StartServer>> = {
  sse: async (parts, options) =>
    await listenFastify(buildSseTwin(parts, eventsOf(options)), options),
  ws: async (parts, { writes, ...address }) =>
    await listenFastify(
      parts.turns === undefined
        ? buildWebSocketTwin(parts, { writes })
        : buildWebSocketTurns(parts, parts.turns),
      address,
    ),
  tcp: async (parts, address) => await listenBare(buildTcpServer(parts), parts.streams, address),
  'sse-post': async (parts, options) =>
    await listenFastify(
      parts.turns === undefined
        ? buildSseTwin(parts, { ...eventsOf(options), takesPost: true })
        : buildPostTurns(parts, parts.turns, options),
      options,
    ),
  ndjson: async (parts, address) => await listenFastify(buildNdjsonTwin(parts), address),
  'sse-gzip': async (parts, options) =>
    await listenFastify(buildSseTwin(parts, { ...eventsOf(options), isCompressed: true }), options),
  'ws-binary': overWebSocket({ hasBinaryTokens: true }),
  'ws-deflate': overWebSocket({ deflate: 'context-takeover' }),
  'ws-deflate-no-takeover': overWebSocket({ deflate: 'no-context-takeover' }),
  'sse-h2': async (parts, options) =>
    await listenFastify(
      buildSseTwin(parts, { ...eventsOf(options), http2: { allowedStreams: allowedBy(options) } }),
      options,
    ),
  'ws-mux': overWebSocket({ isShared: true }),
  buffered: async (parts, address) => await listenFastify(buildBufferedTwin(parts), address),
};
