// An event stream whose body is compressed, and flushed after each event.

import { sse } from './sse.ts';
import type { TransportDescription } from './transport-description.ts';

export const sseGzip = {
  ...sse,
  title: 'SSE with gzip',
  summary: 'SSE with Content-Encoding: gzip, flushed after each event; the twin of ws-deflate',
  colour: '#79b8ff',
  capabilities: { ...sse.capabilities, upward: 'no', compressed: true },
  // They depend on what was sent before, and on zlib.
  bytes: 'not-modelled',
  twin: {
    library: 'node:http',
    writing:
      '**SSE with gzip** passes each event through a compressor of node:zlib, which works in a thread pool and is flushed after each: a token leaves when a thread' +
      ' has compressed it, in as many streams at a time as the pool takes, and each open stream keeps a compressor.',
    handlerRuns: sse.twin.handlerRuns,
    openStream:
      'An open stream with gzip keeps a compressor besides: its window, hash chains and buffers.',
  },
} as const satisfies TransportDescription;
