// What the article says for SSE, and what it grants against it.

import type { Claim, CodeSource, Meaning } from '../claim.ts';

const simple: Claim = {
  id: 'S1',
  title: 'SSE is simple',
  says: 'SSE is simple: a GET, an EventSource, and text lines.',
  meanings: [
    less('a page that only listens', ['client event-source-listening'], {
      than: ['client websocket-listening'],
      condition: 'in a page, without resume, heartbeats and stops',
    }),
    less('a client of a page', ['client event-source'], {
      than: ['client websocket'],
      condition: 'in a page, with all duties',
    }),
    less('a client with a library', ['client sse-parser'], {
      than: ['client ws-library'],
      condition: 'in Node, eventsource-parser against ws, with all duties',
    }),
    less('a client that sends a POST', ['client sse-post-parser'], {
      than: ['client ws-library'],
      condition: 'in Node, eventsource-parser against ws, with all duties',
    }),
    less('a client without a library', ['client sse'], {
      than: ['client ws'],
      condition: 'in Node, a parser against frames, with all duties',
    }),
    less('a server as usual', ['server sse'], {
      than: ['server ws-library'],
      condition: 'node:http against ws, with all duties',
    }),
    less('a server without a library', ['server sse'], {
      than: ['server ws'],
      condition: 'node:http against frames, with all duties',
    }),
  ],
  flips:
    'What a correct stream needs besides the transport: a request with a body, resume, heartbeats, a stop that reaches the server. Each adds code to either; what a platform or a library brings takes it away.',
  runs: [],
};

function less(
  name: string,
  programs: readonly string[],
  { than, condition }: Pick<CodeSource, 'than' | 'condition'>,
): Meaning {
  return {
    name,
    says: `${name} takes less code over SSE than over WebSocket`,
    sources: [{ kind: 'code', less: programs, than, condition }],
  };
}

const reconnects: Claim = {
  id: 'S2a',
  title: 'SSE reconnects by itself',
  says: 'An EventSource whose connection is lost comes back without code of the application.',
  meanings: [
    {
      name: 'an EventSource after a fault',
      says: 'after a fault, each interrupted EventSource receives new tokens again',
      sources: [
        { kind: 'question', scenario: 'reconnect', question: 'event-source-returns' },
        { kind: 'question', scenario: 'herd', question: 'event-source-returns' },
      ],
    },
    {
      name: 'an EventSource after a restart behind a proxy',
      says: 'an EventSource survives a restart of its server behind a proxy',
      sources: [
        { kind: 'question', scenario: 'proxies', question: 'event-source-survives-restart' },
      ],
    },
  ],
  flips:
    'What the client is told. A lost TCP connection is tried again; an HTTP status other than 200, which a proxy answers while its server restarts, ends an EventSource for good, and silence without a heartbeat is never noticed. A POST is never repeated.',
  runs: ['reconnect', 'herd', 'proxies'],
};

const resumes: Claim = {
  id: 'S2b',
  title: 'SSE resumes where it stopped',
  says: 'With event ids (Last-Event-ID) a stream goes on after its last token.',
  meanings: [
    {
      name: 'tokens of an event stream',
      says: 'no token is lost over SSE',
      sources: [
        { kind: 'question', scenario: 'reconnect', question: 'event-stream-loses-nothing' },
        { kind: 'question', scenario: 'herd', question: 'event-stream-loses-nothing' },
      ],
    },
    {
      name: 'an advantage over WebSocket with a resume of its own',
      says: 'WebSocket, with a resume of its own over the same buffer, loses more tokens',
      sources: [
        { kind: 'question', scenario: 'reconnect', question: 'websocket-loses-more' },
        { kind: 'question', scenario: 'herd', question: 'websocket-loses-more' },
      ],
    },
  ],
  flips:
    'Whether the server still has what it sent: the id asks for it and stores nothing. Where the state is lost, or `--no-resume` keeps none, both transports lose the same tokens.',
  runs: ['reconnect', 'herd'],
};

const herds: Claim = {
  id: 'S2c',
  title: 'EventSource clients come back as a herd',
  says: 'The cost of reconnecting by itself: all clients try again at the same moment.',
  meanings: [
    {
      name: 'most attempts within 100 ms',
      says: 'as specified, more EventSources try again within 100 ms than WebSockets',
      sources: [
        {
          kind: 'blocks',
          scenario: 'herd',
          metric: 'attempts.peak',
          higher: 'sse',
          than: 'ws',
          at: { policy: 'as-specified' },
        },
      ],
    },
  ],
  flips:
    'The waiting time: browsers wait `retry`, 3 s in Chromium, without jitter; a server that sends a random `retry` spreads them, and under one policy both transports come back alike.',
  runs: ['herd'],
};

const infrastructure: Claim = {
  id: 'S3',
  title: 'SSE fits HTTP infrastructure',
  says: 'SSE is plain HTTP, so proxies, load balancers and firewalls pass it.',
  meanings: [
    {
      name: 'proxies as their documentation begins',
      says: 'tokens pass proxies as over loopback, configured as their documentation begins',
      sources: [{ kind: 'question', scenario: 'proxies', question: 'event-stream-passes-plain' }],
    },
    {
      name: 'proxies with their configuration fixed',
      says: 'tokens pass proxies as over loopback, with the few lines that fix their configuration',
      sources: [{ kind: 'question', scenario: 'proxies', question: 'event-stream-passes-fixed' }],
    },
    {
      name: 'a stop of a quiet stream',
      says: 'a stop of a quiet stream reaches the server through proxies',
      sources: [{ kind: 'question', scenario: 'proxies', question: 'event-stream-stop-reaches' }],
    },
  ],
  flips:
    'The proxy and its configuration: buffering, HTTP/1.0 to the server, corking, compression and idle limits delay or hold an event stream without an error. The lines that put it right are in docs/proxies.md.',
  runs: ['proxies'],
};

const cheaper: Claim = {
  id: 'S4',
  title: 'SSE is cheaper with many clients',
  says: 'A server carries many clients at less cost over SSE.',
  meanings: [
    {
      name: 'memory of an idle connection',
      says: 'an idle connection takes less memory of the server',
      sources: [
        {
          kind: 'verdict',
          scenario: 'memory',
          metric: 'memory.retained',
          better: 'sse',
          than: 'ws',
        },
      ],
    },
    {
      name: 'memory of a streaming connection',
      says: 'a streaming connection takes less memory of the server',
      sources: [
        {
          kind: 'verdict',
          scenario: 'memory',
          metric: 'memory.streaming',
          better: 'sse',
          than: 'ws',
        },
      ],
    },
    {
      name: 'processor time of a token',
      says: 'a token takes less processor time of the server',
      sources: [
        {
          kind: 'verdict',
          scenario: 'capacity',
          metric: 'cpu.token.headline',
          better: 'sse',
          than: 'ws',
        },
        {
          kind: 'verdict',
          scenario: 'stream',
          metric: 'cpu.server.token',
          better: 'sse',
          than: 'ws',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'most streams at the objective',
      says: 'one server carries more streams at the objective',
      sources: [
        {
          kind: 'verdict',
          scenario: 'capacity',
          metric: 'capacity.streams',
          better: 'sse',
          than: 'ws',
        },
      ],
    },
  ],
  flips:
    'The server: another language or library, TLS, compression (which costs more than either transport), and whether streams share connections (claim D3).',
  runs: ['memory', 'capacity', 'stream'],
};

const oneWay: Claim = {
  id: 'S5',
  title: 'SSE is one-way',
  says: 'Over SSE only the server sends: a stop, an answer of a tool or a voice needs another request.',
  meanings: [
    {
      name: 'a stop by a second request',
      says: 'a stop, sent as a second request, reaches the server later than as a message over WebSocket',
      sources: [
        {
          kind: 'verdict',
          scenario: 'cancel',
          metric: 'stop.say.active',
          better: 'ws',
          than: 'sse',
        },
      ],
    },
    {
      name: 'a stop by leaving',
      says: 'a stop, as the end of the connection, reaches the server later than over WebSocket',
      sources: [
        {
          kind: 'verdict',
          scenario: 'cancel',
          metric: 'stop.leave.active',
          better: 'ws',
          than: 'sse',
        },
      ],
    },
    {
      name: 'input to a stream that runs',
      says: 'input to a stream that runs, sent as a second request, reaches the server later than as a message over WebSocket, and comes back later',
      sources: (['steer.up.active.p50', 'steer.back.active.p50'] as const).map((metric) => ({
        kind: 'verdict',
        scenario: 'steer',
        metric,
        better: 'ws',
        than: 'sse-post',
      })),
    },
    {
      name: 'a turn of a conversation',
      says: 'a turn of a conversation takes longer, connection and context kept over both',
      sources: [
        {
          kind: 'verdict',
          scenario: 'turns',
          metric: 'turn.p50',
          better: 'ws',
          than: 'sse-post',
        },
      ],
    },
  ],
  flips:
    'Round-trip time, and whether the second request finds an open connection: over HTTP/2, or kept alive, it need not open one.',
  runs: ['cancel', 'turns', 'steer'],
};

const textOnly: Claim = {
  id: 'S6',
  title: 'SSE carries text only',
  says: 'Bytes such as audio must be encoded, as base64, to travel over SSE.',
  meanings: [
    {
      name: 'bytes on the way',
      says: 'binary WebSocket messages need fewer bytes for the same bytes',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'bytes.token',
          better: 'ws-binary',
          than: 'sse',
          tokens: 'bytes',
        },
      ],
    },
    {
      name: 'processor time of binary messages',
      says: 'binary messages cost the server less processor time',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          better: 'ws-binary',
          than: 'sse',
          tokens: 'bytes',
        },
      ],
    },
  ],
  flips:
    'What is sent: text needs no base64, and there binary messages save nothing. A WebSocket that sends base64 in JSON pays the same third.',
  runs: ['matrix-audio'],
};

export const sseClaims: readonly Claim[] = [
  simple,
  reconnects,
  resumes,
  herds,
  infrastructure,
  cheaper,
  oneWay,
  textOnly,
];
