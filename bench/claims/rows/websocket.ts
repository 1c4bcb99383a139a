// What the article says for WebSocket, and what it holds against it.

import type { Claim } from '../claim.ts';

const duplex: Claim = {
  id: 'W1',
  title: 'WebSocket is full duplex',
  says: 'Both sides send at the same time on one connection.',
  meanings: [
    {
      name: 'voice in both directions',
      says: 'voice in both directions arrives sooner than over two HTTP streams',
      sources: (['frame.up.p99', 'frame.down.p99'] as const).map((metric) => ({
        kind: 'verdict',
        scenario: 'voice',
        metric,
        better: 'ws-binary',
        than: 'sse',
      })),
    },
    {
      name: 'input to a stream that runs',
      says: 'input to a stream that runs comes back sooner, by a message on its connection, than by a request beside it',
      sources: (['steer.back.active.p50', 'steer.back.active.p99'] as const).map((metric) => ({
        kind: 'verdict',
        scenario: 'steer',
        metric,
        better: 'ws',
        than: 'sse-post',
      })),
    },
    {
      name: 'small messages beside large ones on one WebSocket',
      says: 'small messages are not held up behind a large one of another stream on the same WebSocket',
      sources: [
        {
          kind: 'verdict',
          scenario: 'head-of-line',
          metric: 'behind.p99',
          better: 'ws-mux',
          than: 'ws',
        },
        {
          kind: 'verdict',
          scenario: 'head-of-line',
          metric: 'behind.p99',
          better: 'ws-mux',
          than: 'sse-h2',
        },
      ],
    },
  ],
  flips:
    'What shares the connection: messages on one WebSocket wait for each other, while HTTP/2 interleaves the frames of its streams.',
  runs: ['head-of-line', 'voice', 'steer'],
};

const lowLatency: Claim = {
  id: 'W2',
  title: 'WebSocket has low latency',
  says: 'Tokens arrive sooner over WebSocket.',
  meanings: [
    {
      name: 'a token from when it was due',
      says: 'a token arrives sooner after it is due',
      sources: [
        {
          kind: 'verdict',
          scenario: 'stream',
          metric: 'delivery.p50',
          better: 'ws',
          than: 'sse',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'a token from the turn of the server that found it due',
      says: 'a token arrives sooner after the turn of the server that found it due',
      sources: [
        {
          kind: 'verdict',
          scenario: 'stream',
          metric: 'delivery.ready.p50',
          better: 'ws',
          than: 'sse',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'the first token on a new connection',
      says: 'the first token arrives sooner on a new connection',
      sources: [
        {
          kind: 'verdict',
          scenario: 'connect',
          metric: 'ttft.overhead.p50',
          better: 'ws',
          than: 'sse',
          at: { connecting: 'cold' },
        },
        {
          kind: 'verdict',
          scenario: 'stream',
          metric: 'ttft.overhead.p50',
          better: 'ws',
          than: 'sse',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'the first token on a kept connection',
      says: 'the first token arrives sooner on a kept connection',
      sources: [
        {
          kind: 'verdict',
          scenario: 'connect',
          metric: 'ttft.overhead.p50',
          better: 'ws',
          than: 'sse',
          at: { connecting: 'warm' },
        },
      ],
    },
    {
      name: 'your own servers',
      says: 'the first token of your own server for WebSocket arrives sooner than that of the one for SSE',
      isOptional: true,
      sources: [
        {
          kind: 'verdict',
          scenario: 'own-servers',
          metric: 'target.ttft.p50',
          better: 'ws',
          than: 'sse',
        },
      ],
    },
  ],
  flips:
    'The load, the source of the tokens and the network. Over a network each new connection costs round trips more, which a kept one saves over either transport; loopback shows none of it.',
  runs: ['stream', 'connect', 'targets'],
};

const efficient: Claim = {
  id: 'W3',
  title: 'WebSocket transfers efficiently',
  says: 'A WebSocket frame adds few bytes to a token.',
  meanings: [
    {
      name: 'bytes with ids to resume by',
      says: 'a token takes fewer bytes, ids to resume by included',
      sources: [bytes('bytes.token')],
    },
    {
      name: 'bytes without ids',
      says: 'a token takes fewer bytes, ids left out',
      sources: [bytes('bytes.token.without-id')],
    },
    {
      name: 'bytes on the wire',
      says: 'a token takes fewer bytes on the wire, headers of TCP and IP included',
      sources: [bytes('bytes.token.wire')],
    },
  ],
  flips:
    'The payload: a frame saves the same few bytes of a token of 4 bytes and of an event of 300. Compression saves more than either framing (claim D4).',
  runs: ['stream', 'stream-openai'],
};

function bytes(metric: string): Claim['meanings'][number]['sources'][number] {
  return { kind: 'verdict', scenario: 'stream', metric, better: 'ws', than: 'sse', tokens: 'text' };
}

const complex: Claim = {
  id: 'W4',
  title: 'WebSocket is complex with many connections',
  says: 'Many WebSockets are hard to run: heartbeats, slow readers, deploys.',
  meanings: [
    {
      name: 'readers that stop',
      says: 'readers that stop delay the others more than over SSE',
      sources: [
        {
          kind: 'verdict',
          scenario: 'slow-reader',
          metric: 'neighbours.p99',
          better: 'sse',
          than: 'ws',
        },
      ],
    },
    {
      name: 'all clients back after a restart, as specified',
      says: 'after a restart of the server, clients as specified are all back later than EventSources',
      sources: [
        {
          kind: 'blocks',
          scenario: 'herd',
          metric: 'recovered.100',
          higher: 'ws',
          than: 'sse',
          at: { policy: 'as-specified' },
        },
      ],
    },
    {
      name: 'code of a correct client and server',
      says: 'a correct client and server together take more code than over SSE',
      sources: [
        {
          kind: 'code',
          less: ['client event-source', 'server sse'],
          than: ['client websocket', 'server ws-library'],
          condition: 'a page, and a server as usual',
        },
        {
          kind: 'code',
          less: ['client sse-parser', 'server sse'],
          than: ['client ws-library', 'server ws-library'],
          condition: 'libraries on both sides',
        },
        {
          kind: 'code',
          less: ['client sse', 'server sse'],
          than: ['client ws', 'server ws'],
          condition: 'no library',
        },
      ],
    },
  ],
  flips:
    'What the server does for each connection: compression, which clients of `ws` offer, buffers for readers that stop, and the policy by which clients come back.',
  runs: ['slow-reader', 'herd'],
};

const middleboxes: Claim = {
  id: 'W5',
  title: 'WebSocket has trouble with proxies and firewalls',
  says: 'A proxy that does not know the upgrade refuses or breaks a WebSocket.',
  meanings: [
    {
      name: 'proxies as their documentation begins',
      says: 'WebSocket does not pass proxies that are configured as their documentation begins',
      sources: [{ kind: 'question', scenario: 'proxies', question: 'websocket-fails-plain' }],
    },
    {
      name: 'proxies with their configuration fixed',
      says: 'WebSocket does not pass proxies with the few lines that fix their configuration either',
      sources: [{ kind: 'question', scenario: 'proxies', question: 'websocket-fails-fixed' }],
    },
  ],
  flips:
    'The proxy and its configuration. Where it does not forward the upgrade, WebSocket fails at once and visibly; the lines that put it right are in docs/proxies.md. Firewalls that inspect TLS are not among what is measured.',
  runs: ['proxies'],
};

export const webSocketClaims: readonly Claim[] = [
  duplex,
  lowLatency,
  efficient,
  complex,
  middleboxes,
];
