// Server-Sent Events over HTTP/1.1: a GET whose response is an event stream.

import { chunkBytes } from '../byte-model.ts';
import { eventStreamBytes } from './event-stream-bytes.ts';
import { httpStops } from './stop-ways.ts';
import type { TransportDescription } from './transport-description.ts';

export const sse = {
  title: 'SSE',
  standard: 'Server-Sent Events',
  summary: 'Server-Sent Events: GET, HTTP/1.1 chunked, one stream a connection',
  colour: '#2f81f7',
  isNullArm: false,
  opensByUpgrade: false,
  protocol: 'event-stream',
  capabilities: {
    http: 1,
    streamsPerConnection: 'one',
    duplex: false,
    upward: 'requests',
    compressed: false,
    incremental: true,
    binary: false,
    resumable: 'standard',
    unplannedStreams: true,
    closingHandshake: false,
    heartbeat: 'one-way',
  },
  stops: httpStops,
  route: (streamId) => `/v1/streams/${streamId}`,
  bytes: {
    token: (token) => chunkBytes(eventStreamBytes.token(token)),
    open: (event, form) => chunkBytes(eventStreamBytes.open(event, form)),
    message: (message) => chunkBytes(eventStreamBytes.message(message)),
    done: (event, epoch, form) => chunkBytes(eventStreamBytes.done(event, epoch, form)),
    endBytes: '0\r\n\r\n'.length,
    keptEndBytes: '0\r\n\r\n'.length,
  },
  // WHATWG HTML §9.2.3: it waits `retry`, and "fail the connection" is the answer to any other
  // status.
  specifiedReconnect: { delayNs: ({ retryNs }) => retryNs, isRefusalFinal: true },
  inBrowser: {
    api: 'EventSource',
    mostStreams: 6,
    counted: 'HTTP/1.1 connections to one server, shared by EventSource and fetch',
    beyond: 'waits',
    stream: 'a stream of SSE',
    closing: 'An EventSource is closed at once.',
    connection:
      'The browser keeps the connection of an SSE stream that ended and may send the next request on it',
  },
  twin: {
    library: 'node:http',
    writes: 'corked',
    writing:
      '**SSE** is written with `res.write` of node:http. The first write of a turn of the event loop corks the socket; the bytes leave at the end of the' +
      ' turn, in one system call for all tokens written in it. A token waits for the end of the turn, and tokens that fall due together become cheaper.',
    otherWrites: {
      mode: 'at-once',
      writing:
        '**SSE written at once** corks the socket around each `res.write`, so that node:http does not: each token leaves before the next is written, in one' +
        ' system call, as with WebSocket. Its bytes are those of SSE.',
    },
    handlerRuns: 'before the response head',
    openStream:
      'An open SSE stream is a response of node:http that is not over: its request, its response and the parser of its connection stay.',
  },
  texts: {
    end: { stream: 'an SSE stream', how: 'with the last chunk of the response' },
    resumeId:
      'SSE repeats the number of each token in an `id:` line, its own means of resuming a stream',
    keptRequest: 'asks with a whole GET and is answered with a response head, as HTTP wants it',
    close: 'a new connection of SSE is closed by the client, at once',
    recovery: [
      'SSE says where to go on in the request itself, in `Last-Event-ID`. Its heartbeat is a comment that needs no answer: **the server notices a dead SSE peer' +
        ' only by TCP**, when what it writes is never acknowledged. And because the request says all, a server that stood still answers even those that were given' +
        ' up meanwhile, and replays to nobody.',
    ],
    specifiedReconnect:
      'Under policy `as-specified`, **EventSource gives up at the first answer that is not 200** (WHATWG HTML §9.2.3), and otherwise waits the same `retry` each' +
      ' time, without jitter.',
  },
} as const satisfies TransportDescription;
