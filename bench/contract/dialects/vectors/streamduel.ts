// Streams of the twin servers with payload `lean`.

import { whole, type DialectVector } from './dialect-vector.ts';

const open = '{"sid":"one","epoch":"k3f9","from":1,"n":2}';
const first = '{"s":1,"d":"Hello"}';
const second = '{"s":2,"d":" you"}';
/** The hash is that of `Hello you`. */
const SHA256 = '44f65b9a55ff61f079a9f22679f11ffcb2627d3d2663f7ac25030b0aac8f9b40';
const done = `{"s":3,"n":2,"sha256":"${SHA256}","finish":"stop"}`;

export const streamduelVectors: readonly DialectVector[] = [
  {
    name: 'event-stream',
    what: 'the twin over SSE: ids, named control events, a heartbeat as a comment',
    framing: 'event-stream',
    wire: `event: open\nid: k3f9.0\nretry: 1000\ndata: ${open}\n\nid: k3f9.1\ndata: ${first}\n\n:\n\nid: k3f9.2\ndata: ${second}\n\nevent: done\nid: k3f9.3\ndata: ${done}\n\n`,
    events: [
      { name: 'open', id: 'k3f9.0', data: open },
      { id: 'k3f9.1', data: first },
      { id: 'k3f9.2', data: second },
      { name: 'done', id: 'k3f9.3', data: done },
    ],
    comments: [''],
    retryMs: 1000,
    tokens: { content: ['Hello', ' you'] },
    finishes: ['stop'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'messages',
    what: 'the twin over a WebSocket: the type is in the message',
    framing: 'messages',
    wire: [`{"type":"open",${open.slice(1)}`, first, second, `{"type":"done",${done.slice(1)}`],
    tokens: { content: ['Hello', ' you'] },
    finishes: ['stop'],
    outputTokens: 2,
    judged: whole(3),
  },
  {
    name: 'lost-token',
    what: 'a token was lost: number and hash both show it',
    framing: 'messages',
    wire: [`{"type":"open",${open.slice(1)}`, second, `{"type":"done",${done.slice(1)}`],
    tokens: { content: [' you'] },
    finishes: ['stop'],
    outputTokens: 2,
    judged: { reached: 2, checkable: 3, causes: ['sequence-gap', 'text-mismatch'] },
  },
];
