// The null arm: payloads as lines over a bare socket. What it costs, pacer, kernel and client cost
// by themselves.

import { textBytes } from '../byte-model.ts';
import { renderTyped } from '../control-events.ts';
import type { TransportDescription } from './transport-description.ts';

export const tcp = {
  title: 'TCP (null arm)',
  standard: 'TCP',
  summary: 'the same payload as lines over a bare socket: the floor of the harness',
  colour: '#848d97',
  isNullArm: true,
  opensByUpgrade: false,
  protocol: 'lines',
  capabilities: {
    http: undefined,
    streamsPerConnection: 'one',
    duplex: true,
    upward: 'no',
    compressed: false,
    incremental: true,
    binary: false,
    resumable: 'own',
    unplannedStreams: false,
    closingHandshake: false,
    heartbeat: 'one-way',
  },
  stops: { leave: 'disconnect', others: [] },
  route: (streamId) => `/v1/streams/${streamId}`,
  bytes: {
    token: ({ payloadBytes }) => payloadBytes + 1,
    open: (event) => textBytes(renderTyped('open', event)) + 1,
    message: ({ data }) => textBytes(data) + 1,
    done: (event) => textBytes(renderTyped('done', event)) + 1,
    endBytes: 0,
    keptEndBytes: 0,
  },
  specifiedReconnect: undefined,
  inBrowser: undefined,
  twin: {
    library: undefined,
    writes: 'at-once',
    writing:
      '**TCP (null arm)** writes each payload to a bare socket. It has no framing to build or to parse: it is what pacer, kernel and client cost by themselves.',
  },
  texts: {
    absence: 'The null arm has no HTTP at all: no request, no response head, one line per token.',
    acceptance:
      'The null arm is accepted when the kernel has connected it: its open latency is that of TCP.',
    recovery: [
      'The null arm says where to go on in its request line; its heartbeat is an empty line that needs no answer.',
    ],
  },
} as const satisfies TransportDescription;
