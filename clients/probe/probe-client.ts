// The probe: the cheapest possible reader in Node, the same for every transport down to the few
// lines that parse its framing.

import type { TransportId } from '../../bench/contract/arms/transports.ts';
import type { StreamClient, StreamClientOptions } from '../stream-client.ts';
import type { ProbeTransport } from './byte-reader.ts';
import { openSocketEngine } from './socket-engine.ts';
import { buffered, ndjson } from './ndjson.ts';
import { sse, sseGzip, ssePost } from './sse.ts';
import { tcp } from './tcp.ts';
import {
  websocket,
  webSocketBinary,
  webSocketDeflate,
  webSocketDeflateNoTakeover,
} from './websocket.ts';

const probeTransports = {
  sse,
  ws: websocket,
  tcp,
  'sse-post': ssePost,
  ndjson,
  'sse-gzip': sseGzip,
  'ws-binary': webSocketBinary,
  'ws-deflate': webSocketDeflate,
  'ws-deflate-no-takeover': webSocketDeflateNoTakeover,
  buffered,
} as const satisfies Record<TransportId, ProbeTransport>;

/** Delivers tokens through onTokenBytes, never onTokenText. */
export function openProbeClient(
  transport: TransportId,
  options: StreamClientOptions,
): StreamClient {
  return openSocketEngine(probeTransports[transport], options);
}
