// Server-Sent Events over HTTP/2: event streams share a connection, as the requests of one page to
// one origin do.

import { eventStreamBytes } from './event-stream-bytes.ts';
import { sse } from './sse.ts';
import type { TransportDescription } from './transport-description.ts';

export const sseHttp2 = {
  ...sse,
  title: 'SSE over HTTP/2',
  summary:
    'SSE over HTTP/2 (h2c, or h2 with +tls), up to K streams on a connection: sse-h2:1, sse-h2:6, sse-h2:100; in a browser sse-h2 alone, always over TLS, or sse-h2:K for a server that allows K',
  colour: '#0b3d91',
  capabilities: { ...sse.capabilities, upward: 'no', http: 2, streamsPerConnection: 'many' },
  stops: { leave: 'reset', others: [] },
  // The body only: the library decides how many events a DATA frame carries, so the frames are
  // counted where they arrive.
  bytes: {
    ...eventStreamBytes,
    endBytes: 0,
    keptEndBytes: 0,
  },
  inBrowser: {
    ...sse.inBrowser,
    // Chromium takes 100 where the server does not say (RFC 9113 §6.5.2 recommends no fewer), and 256
    // at most.
    mostStreams: 100,
    mostAllowed: 256,
    needsTls: true,
    counted: 'streams to one server over HTTP/2, shared by EventSource and fetch',
    stream: 'a stream of SSE over HTTP/2',
    connection:
      'the browser puts all event streams of a page over HTTP/2 on one connection, which stays open (it may open some more before it knows that the server speaks HTTP/2, and closes them)',
  },
  twin: {
    library: 'node:http2',
    writes: 'corked',
    writing:
      '**SSE over HTTP/2** is written with `write` of a stream of node:http2. Nothing leaves within a turn of the event loop. After it the first token of each stream leaves,' +
      ' in one system call for all streams of a connection; what else a stream was given in that turn leaves together in a second one. The twin counts the bytes of each body by' +
      ' itself, because the socket counts those of all streams.',
    handlerRuns: sse.twin.handlerRuns,
    openStream:
      'An open stream of HTTP/2 is a stream object of node:http2 and its request; the socket and the session are shared by all streams of the connection.',
  },
  texts: {
    end: { stream: 'an SSE stream over HTTP/2', how: 'with the END_STREAM flag of its last frame' },
    opening: 'A stream of SSE over HTTP/2 is a request on a connection that is open already.',
    sharing:
      'HTTP/2 cuts a message into frames of 16 KiB, between which frames of other streams may go, as long as the server has not handed them to the kernel: how much that is at a time follows from' +
      ' the windows of flow control that the client grants (here 6 MiB for a stream and 15 MiB for a connection, as Chromium does) and from the send buffer of the kernel.',
    resumeId: sse.texts.resumeId,
    recovery: [
      'Over HTTP/2 **one lost connection interrupts every stream that it carries**, and each asks again by itself.',
    ],
    specifiedReconnect: sse.texts.specifiedReconnect,
  },
} as const satisfies TransportDescription;
