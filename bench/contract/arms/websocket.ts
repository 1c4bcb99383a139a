// WebSocket (RFC 6455) over HTTP/1.1: an upgraded connection that carries text messages of one
// stream.

import { fullJitter } from '../backoff.ts';
import { frameBytes, textBytes } from '../byte-model.ts';
import { renderTyped } from '../control-events.ts';
import { NS_PER_S } from '../units.ts';
import type { TransportDescription } from './transport-description.ts';

/** The subprotocol that server and clients agree on (RFC 6455 §1.9). */
export const WEBSOCKET_PROTOCOL = 'tokens.v1.json';

/**
 * RFC 6455 §7.2.3: a first delay of 0 to 5 s is its own example; it sets no upper limit for the
 * back-off.
 */
const FIRST_DELAY_NS = 5 * NS_PER_S;

export const websocket = {
  title: 'WebSocket',
  standard: 'WebSocket',
  summary: 'RFC 6455 text messages, no compression, one stream a connection',
  colour: '#e0700b',
  isNullArm: false,
  opensByUpgrade: true,
  protocol: 'websocket',
  capabilities: {
    http: 1,
    streamsPerConnection: 'one',
    duplex: true,
    upward: 'connection',
    compressed: false,
    incremental: true,
    binary: false,
    resumable: 'own',
    unplannedStreams: true,
    conversations: true,
    closingHandshake: true,
    heartbeat: 'answered',
  },
  stops: { leave: 'close', say: 'message', others: ['disconnect'] },
  route: (streamId) => `/v1/ws/${streamId}`,
  bytes: {
    token: ({ payloadBytes }) => frameBytes(payloadBytes),
    open: (event) => frameBytes(textBytes(renderTyped('open', event))),
    message: ({ data }) => frameBytes(textBytes(data)),
    done: (event) => frameBytes(textBytes(renderTyped('done', event))),
    // A close frame with a two-byte code and no reason.
    endBytes: 4,
    keptEndBytes: 0,
  },
  // A program only learns that the handshake failed, and may try again.
  specifiedReconnect: {
    delayNs: (backoff) => fullJitter(backoff, FIRST_DELAY_NS),
    isRefusalFinal: false,
  },
  inBrowser: {
    api: 'WebSocket',
    mostStreams: 255,
    counted: 'WebSockets',
    beyond: 'fails',
    stream: 'a WebSocket',
    closing:
      'A WebSocket is closed by a handshake, and only after that can another have its place.',
    connection: 'each WebSocket is a connection of its own',
    doubt:
      'What a second tab gets of WebSockets differs from trial to trial. Chromium’s source has a limit beyond 256 connections that is drawn at random (crbug.com/415691664), which would explain it; that it is the cause was not shown here.',
  },
  twin: {
    library: 'ws',
    writes: 'at-once',
    writing:
      '**WebSocket** is written with `send` of ws, which hands each message to the kernel at once, in one system call per message. A token waits for' +
      ' nothing, and tokens that fall due together cost one call each.',
    otherWrites: {
      mode: 'corked',
      writing:
        '**WebSocket corked** holds the messages of a turn of the event loop until its end, as node:http does: they leave in one system call. Its bytes are' +
        ' those of WebSocket.',
    },
    handlerRuns: 'after the 101',
    openStream:
      'An open WebSocket is a socket that node:http has handed over, and its parser with it given back; ws keeps a receiver and a sender for it.',
  },
  texts: {
    end: { stream: 'a WebSocket stream', how: 'with a close handshake in both directions' },
    opening:
      'The opening request of a WebSocket is larger (its upgrade headers), and its response is a 101; both differ from a plain GET before any token flows.',
    resumeId: 'WebSocket resumes by the number inside the payload',
    keptRequest: 'asks with one message of some 30 bytes and is answered with the `open` event',
    close: 'a new WebSocket is closed by a handshake that the server begins',
    nextStream:
      'A WebSocket’s next stream is asked for when its closing handshake is over, which is after `done`: the handshake lowers the rate and is not in the completion time.',
    recovery: [
      'WebSocket has no means of resuming: the client sends one message more after the 101, and the server sends nothing before it has come. That is' +
        ' **one message and one way more than SSE** for every resume; over loopback it is microseconds, over a network half a round trip.',
      'A WebSocket heartbeat is a ping that must be answered: **the server notices a dead peer by the missing pong**, without waiting for TCP. So a' +
        ' living client that merely stops reading for longer than the rule is taken for dead, too.',
    ],
    specifiedReconnect:
      'A WebSocket program only learns that the handshake failed; it may try again, after a random wait (RFC 6455 §7.2.3).',
    ownResume:
      'Resuming over WebSocket is this project’s own small protocol, because WebSocket has none; others over it may lose or repeat more, or less.',
  },
} as const satisfies TransportDescription;
