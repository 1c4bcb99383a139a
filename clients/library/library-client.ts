// The library stack: what a Node consumer sees, with the libraries that most would choose. It is
// also the probe's oracle of correctness: both must see the same events on the same stream.

import assert from 'node:assert/strict';
import { canSpeak } from '../../bench/contract/arms/stacks.ts';
import type { TransportId, UnsharedTransportId } from '../../bench/contract/arms/transports.ts';
import type { StreamClient, StreamClientOptions } from '../stream-client.ts';
import { type OpenStream, openStreams } from './library-stream.ts';
import { buffered, ndjson } from './ndjson.ts';
import { sse, sseGzip, ssePost } from './sse.ts';
import { tcp } from './tcp.ts';
import {
  websocket,
  webSocketBinary,
  webSocketDeflate,
  webSocketDeflateNoTakeover,
} from './websocket.ts';

const libraryTransports = {
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
} as const satisfies Record<UnsharedTransportId, OpenStream>;

/** Delivers tokens through onTokenText; through onTokenBytes those that came as bytes. */
export function openLibraryClient(
  transport: TransportId,
  options: StreamClientOptions,
): StreamClient {
  assert(canSpeak('library', transport), `the library client does not speak ${transport}`);
  return openStreams(libraryTransports[transport as UnsharedTransportId], options);
}
