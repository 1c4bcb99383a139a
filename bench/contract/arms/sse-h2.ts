// Server-Sent Events over HTTP/2 without TLS: streams of events share a connection, as the requests
// of one page to one origin do.

import { eventStreamBytes } from './event-stream-bytes.ts';
import { sse } from './sse.ts';
import type { TransportDescription } from './transport-description.ts';

export const sseHttp2 = {
  ...sse,
  title: 'SSE over HTTP/2',
  summary:
    'SSE over HTTP/2 without TLS, K streams on a connection: sse-h2:K, such as sse-h2:1, sse-h2:6, sse-h2:100',
  colour: '#0b3d91',
  capabilities: { ...sse.capabilities, http: 2, streamsPerConnection: 'many' },
  // The body only: the library decides how many events a DATA frame carries, so the frames are
  // counted where they arrive.
  bytes: {
    ...eventStreamBytes,
    endBytes: 0,
    keptEndBytes: 0,
  },
  // Browsers speak HTTP/2 over TLS only.
  inBrowser: undefined,
  twin: {
    library: 'node:http2',
    writes: 'corked',
    writing:
      '**SSE over HTTP/2** is written with `write` of a stream of node:http2. The bytes that the streams of a connection have written in a turn of the event loop' +
      ' leave after it, in one system call: a token waits for the end of the turn, and tokens of several streams share the call and the segment.',
    handlerRuns: sse.twin.handlerRuns,
    openStream:
      'An open stream of HTTP/2 is a stream object of node:http2 and its request; the socket and the session are shared by all streams of the connection.',
  },
  texts: {
    end: { stream: 'an SSE stream over HTTP/2', how: 'with the END_STREAM flag of its last frame' },
    opening:
      'A stream of SSE over HTTP/2 is a request on a connection that is open already, except for the first one of each connection: its open latency holds no TCP handshake.',
    resumeId: sse.texts.resumeId,
    recovery: [
      'Over HTTP/2 **one lost connection interrupts every stream that it carries**, and each asks again by itself.',
    ],
    specifiedReconnect: sse.texts.specifiedReconnect,
  },
} as const satisfies TransportDescription;
