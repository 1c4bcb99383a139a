// WebSocket with binary messages, and with compression (RFC 7692).

import type { TransportDescription } from './transport-description.ts';
import { websocket } from './websocket.ts';

const { otherWrites: _corked, ...twin } = websocket.twin;
const { writes: _atOnce, ...compressed } = twin;

export const websocketBinary = {
  ...websocket,
  title: 'WebSocket, binary',
  summary: 'WebSocket with each token in a binary message; control events stay text',
  colour: '#b35900',
  capabilities: { ...websocket.capabilities, binary: true, conversations: false },
  twin: {
    ...twin,
    writing: `${twin.writing.replace('**WebSocket**', '**WebSocket, binary**')} The receiver need not check that it is UTF-8.`,
  },
} as const satisfies TransportDescription;

const deflated = {
  ...websocket,
  capabilities: {
    ...websocket.capabilities,
    upward: 'no',
    compressed: true,
    conversations: false,
  },
  // They depend on what was sent before, and on zlib.
  bytes: 'not-modelled',
} as const;

const compressing =
  'passes each message through a compressor of node:zlib, which works in a thread pool, before it is framed: a token leaves when a thread has compressed it.' +
  ' ws compresses ten messages at a time at most, over all connections of the process';

export const websocketDeflate = {
  ...deflated,
  title: 'WebSocket with deflate',
  summary:
    'WebSocket with permessage-deflate on every message, in one context a connection; the twin of sse-gzip',
  colour: '#f2a65a',
  twin: {
    ...compressed,
    writing: `**WebSocket with deflate** ${compressing}. Messages refer to the ones before them.`,
    openStream: `${websocket.twin.openStream} With deflate it keeps a compressor besides: its window, hash chains and buffers.`,
  },
} as const satisfies TransportDescription;

export const websocketDeflateNoTakeover = {
  ...deflated,
  title: 'WebSocket with deflate, no context takeover',
  summary:
    'the same with each message compressed by itself: ws resets its compressor, and keeps it',
  colour: '#d98e04',
  twin: {
    ...compressed,
    writing: `**WebSocket with deflate, no context takeover** ${compressing}. Each message stands alone; ws resets the compressor of a connection between them, and does not give it back.`,
    openStream: websocketDeflate.twin.openStream,
  },
} as const satisfies TransportDescription;
