// Several streams on one WebSocket: the counterpart of HTTP/2 for a protocol that has no streams of
// its own. How messages name their stream is this project's own small protocol, in
// control-events.ts.

import { frameBytes, textBytes } from '../byte-model.ts';
import { LANE_CHARACTERS, renderTyped } from '../control-events.ts';
import type { TransportDescription } from './transport-description.ts';
import { websocket } from './websocket.ts';

const laneBytes = (bytes: number): number => frameBytes(LANE_CHARACTERS + bytes);

export const websocketMux = {
  ...websocket,
  title: 'WebSocket, multiplexed',
  summary:
    'up to K streams on one WebSocket, each message led by the number of its stream: ws-mux:K; the twin of sse-h2:K',
  colour: '#8f3f00',
  capabilities: {
    ...websocket.capabilities,
    upward: 'no',
    streamsPerConnection: 'many',
    // A lane is asked for by the number of a planned stream alone.
    unplannedStreams: false,
    conversations: false,
    // A stream ends with its `done`; the connection stays.
    closingHandshake: false,
  },
  stops: { say: 'message', others: [] },
  bytes: {
    token: ({ payloadBytes }) => laneBytes(payloadBytes),
    open: (event) => laneBytes(textBytes(renderTyped('open', event))),
    message: ({ data }) => laneBytes(textBytes(data)),
    done: (event) => laneBytes(textBytes(renderTyped('done', event))),
    endBytes: 0,
    keptEndBytes: 0,
  },
  inBrowser: undefined,
  twin: {
    library: 'ws',
    writes: 'at-once',
    writing:
      '**WebSocket, multiplexed** is written with `send` of ws, which hands each message to the kernel at once, in one system call per message: that streams share a' +
      ' connection saves none of these calls. The twin counts the bytes of each stream by itself, because the socket counts those of all.',
    handlerRuns: 'when the message that asks for the stream has been read',
    openStream:
      'An open stream on a shared WebSocket is an entry of its connection’s table of streams; the socket, the receiver and the sender of ws are shared by all of them.',
  },
  texts: {
    end: { stream: 'a stream on a shared WebSocket', how: 'with `done`; the connection stays' },
    opening:
      'A stream on a shared WebSocket is asked for by a message of some 40 bytes, and answered with the `open` event.',
    sharing:
      'A WebSocket could carry control frames between the fragments of a message, but no other message (RFC 6455 §5.4), and ws does not fragment what it is given: a message on a shared WebSocket waits' +
      ' for all bytes of the one before it.',
    resumeId: websocket.texts.resumeId,
    recovery: [
      'On a shared WebSocket **one lost connection interrupts every stream that it carries**.',
    ],
  },
} as const satisfies TransportDescription;
