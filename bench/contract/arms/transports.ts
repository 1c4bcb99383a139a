// Table of the transports. To add one: its description here, a writer in servers/, a reader in each
// client stack; the compiler names every place, because each keeps a table over TransportId.

import { buffered } from './buffered.ts';
import { ndjson } from './ndjson.ts';
import { sseGzip } from './sse-gzip.ts';
import { sseHttp2 } from './sse-h2.ts';
import { ssePost } from './sse-post.ts';
import { sse } from './sse.ts';
import { tcp } from './tcp.ts';
import type { TransportDescription } from './transport-description.ts';
import {
  websocketBinary,
  websocketDeflate,
  websocketDeflateNoTakeover,
} from './websocket-forms.ts';
import { websocket } from './websocket.ts';
import { websocketMux } from './ws-mux.ts';

const descriptions = {
  sse,
  ws: websocket,
  tcp,
  'sse-post': ssePost,
  ndjson,
  'sse-gzip': sseGzip,
  'ws-binary': websocketBinary,
  'ws-deflate': websocketDeflate,
  'ws-deflate-no-takeover': websocketDeflateNoTakeover,
  'sse-h2': sseHttp2,
  'ws-mux': websocketMux,
  buffered,
} as const satisfies Record<string, TransportDescription>;

export type TransportId = keyof typeof descriptions;

/** Transports with a connection for each stream. */
export type UnsharedTransportId = {
  [
    Id in TransportId
  ]: (typeof descriptions)[Id]['capabilities']['streamsPerConnection'] extends 'one' ? Id : never;
}[TransportId];

export const transports: Readonly<Record<TransportId, TransportDescription>> = descriptions;

export const transportIds = Object.keys(descriptions) as TransportId[];

/** A stream that a POST asks for cannot come back as specified, and a page fetches it. */
export function beginsWithPost(id: TransportId): boolean {
  const { inBrowser, specifiedReconnect, capabilities } = transports[id];
  return capabilities.http === 1 && specifiedReconnect === undefined && inBrowser?.api === 'fetch';
}
