// The probe: the cheapest possible reader in Node, the same for every transport down to the few
// lines that parse its framing.

import type { TransportId } from '../../bench/contract/arms/transports.ts';
import type { StreamClient, StreamClientOptions } from '../stream-client.ts';
import type { ProbeTransport } from './byte-reader.ts';
import { sseHttp2 } from './http2-connection.ts';
import { openSharedEngine } from './shared-engine.ts';
import { openSocketEngine } from './socket-engine.ts';
import { buffered, ndjson } from './ndjson.ts';
import { sse, sseGzip, ssePost } from './sse.ts';
import type { SharedTransport } from './shared-reader.ts';
import { tcp } from './tcp.ts';
import {
  websocket,
  webSocketBinary,
  webSocketDeflate,
  webSocketDeflateNoTakeover,
} from './websocket.ts';
import { webSocketMux } from './websocket-mux.ts';

type OpenEngine = (options: StreamClientOptions) => StreamClient;

const alone =
  (transport: ProbeTransport): OpenEngine =>
  (options) =>
    openSocketEngine(transport, options);

const shared =
  (transport: SharedTransport, alpn?: string): OpenEngine =>
  (options) =>
    openSharedEngine(transport, options, alpn);

const engines = {
  sse: alone(sse),
  ws: alone(websocket),
  tcp: alone(tcp),
  'sse-post': alone(ssePost),
  ndjson: alone(ndjson),
  'sse-gzip': alone(sseGzip),
  'ws-binary': alone(webSocketBinary),
  'ws-deflate': alone(webSocketDeflate),
  'ws-deflate-no-takeover': alone(webSocketDeflateNoTakeover),
  'sse-h2': shared(sseHttp2, 'h2'),
  'ws-mux': shared(webSocketMux),
  buffered: alone(buffered),
} as const satisfies Record<TransportId, OpenEngine>;

/** Delivers tokens through onTokenBytes, never onTokenText. */
export function openProbeClient(
  transport: TransportId,
  options: StreamClientOptions,
): StreamClient {
  return engines[transport](options);
}
