// NDJSON: the response to a POST, one JSON value a line. It tells SSE's framing from HTTP
// streaming.

import { chunkBytes, textBytes } from '../byte-model.ts';
import { renderTyped } from '../control-events.ts';
import { fetched, POST_HANDLER, postTexts } from './post.ts';
import { httpStops } from './stop-ways.ts';
import type { TransportDescription } from './transport-description.ts';

const lineBytes = (text: string): number => textBytes(text) + 1;

export const ndjson = {
  title: 'NDJSON',
  standard: 'NDJSON',
  summary:
    'the response to a POST, one JSON value a line (HTTP/1.1 chunked): HTTP streaming without the framing of SSE',
  colour: '#4aa3a2',
  isNullArm: false,
  opensByUpgrade: false,
  protocol: 'lines',
  capabilities: {
    http: 1,
    streamsPerConnection: 'one',
    duplex: false,
    upward: 'no',
    compressed: false,
    incremental: true,
    binary: false,
    resumable: 'own',
    unplannedStreams: true,
    closingHandshake: false,
    heartbeat: 'one-way',
  },
  stops: httpStops,
  route: (streamId) => `/v1/ndjson/${streamId}`,
  bytes: {
    token: ({ payloadBytes }) => chunkBytes(payloadBytes + 1),
    open: (event) => chunkBytes(lineBytes(renderTyped('open', event))),
    message: ({ data }) => chunkBytes(lineBytes(data)),
    done: (event) => chunkBytes(lineBytes(renderTyped('done', event))),
    endBytes: '0\r\n\r\n'.length,
    keptEndBytes: '0\r\n\r\n'.length,
  },
  specifiedReconnect: undefined,
  inBrowser: { ...fetched, stream: 'a stream of NDJSON' },
  twin: {
    library: 'node:http',
    writes: 'corked',
    writing:
      '**NDJSON** is written with `res.write` of node:http, as SSE is: the bytes of a turn of the event loop leave at its end, in one system call.',
    handlerRuns: POST_HANDLER,
    openStream: 'An open NDJSON stream is a response of node:http that is not over.',
  },
  texts: {
    ...postTexts,
    resumeId: 'NDJSON resumes by the number inside the payload',
    keptRequest: 'asks with a whole POST and is answered with a response head, as HTTP wants it',
    recovery: [
      'NDJSON says where to go on in the JSON request. Its heartbeat is an empty line that needs no answer.',
    ],
    ownResume:
      'Resuming over NDJSON is this project’s own small protocol, because NDJSON has none; others over it may lose or repeat more, or less.',
  },
} as const satisfies TransportDescription;
