// The library stack: what a Node consumer sees, with the libraries that most would choose. It is
// also the probe's oracle of correctness: both must see the same events on the same stream.

import assert from 'node:assert/strict';
import { canSpeak } from '../../bench/contract/arms/stacks.ts';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import type { StreamClient, StreamClientOptions } from '../stream-client.ts';
import { type OpenStream, openStreams } from './library-stream.ts';
import { buffered, ndjson } from './ndjson.ts';
import { shareConnections, type OpenConnection } from './shared-connections.ts';
import { sse, sseGzip, ssePost } from './sse.ts';
import { sseHttp2 } from './sse-h2.ts';
import { tcp } from './tcp.ts';
import {
  websocket,
  webSocketBinary,
  webSocketDeflate,
  webSocketDeflateNoTakeover,
} from './websocket.ts';
import { webSocketMux } from './websocket-mux.ts';

type OpenClient = (options: StreamClientOptions) => StreamClient;

const alone =
  (open: OpenStream): OpenClient =>
  (options) =>
    openStreams(open, options);

const shared =
  (openConnection: OpenConnection): OpenClient =>
  (options) => {
    const { open, close } = shareConnections(openConnection, options);
    return openStreams(open, options, close);
  };

const clients = {
  sse: alone(sse),
  ws: alone(websocket),
  tcp: alone(tcp),
  'sse-post': alone(ssePost),
  ndjson: alone(ndjson),
  'sse-gzip': alone(sseGzip),
  'ws-binary': alone(webSocketBinary),
  'ws-deflate': alone(webSocketDeflate),
  'ws-deflate-no-takeover': alone(webSocketDeflateNoTakeover),
  'sse-h2': shared(sseHttp2),
  'ws-mux': shared(webSocketMux),
  buffered: alone(buffered),
} as const satisfies Record<TransportId, OpenClient>;

/** Delivers tokens through onTokenText; through onTokenBytes those that came as bytes. */
export function openLibraryClient(
  transport: TransportId,
  options: StreamClientOptions,
): StreamClient {
  assert(canSpeak('library', transport), `the library client does not speak ${transport}`);
  return clients[transport](options);
}
