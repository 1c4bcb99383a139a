// What a need of an application asks of the claims: which meanings bear on it, and for which
// transport it speaks where one holds or does not. Needs are not weighed against each other.

import type { Profile } from './profile.ts';

interface Bearing {
  /** A claim, and one of its meanings by its name. */
  readonly claim: string;
  readonly meaning: string;
  /** What it says where the meaning holds, and where it does not. */
  readonly holds: string;
  readonly fails: string;
}

export interface Need {
  /** In words; undefined where the profile does not have it. */
  readonly of: (profile: Profile) => string | undefined;
  readonly bearings: readonly Bearing[];
}

const SSE = 'for SSE';
const WEBSOCKET = 'for WebSocket';

export const needs: readonly Need[] = [
  {
    of: ({ clients }) => (clients === 'page' ? 'pages receive' : undefined),
    bearings: [
      {
        claim: 'S2a',
        meaning: 'an EventSource after a fault',
        holds: 'for SSE by GET: a page needs no code to come back',
        fails: 'for neither: a page has to come back by its own code',
      },
      {
        claim: 'D2',
        meaning: 'the first token as soon as after a GET',
        holds: 'for SSE by POST as much as by GET, where requests have a body',
        fails: 'against SSE by POST',
      },
      {
        claim: 'D3',
        meaning: 'streams of one browser',
        holds: 'for SSE over HTTP/2 rather than HTTP/1.1, where a page or its tabs have several',
        fails: 'against HTTP/2 as a remedy',
      },
    ],
  },
  {
    of: ({ clients }) => (clients === 'server' ? 'other servers receive' : undefined),
    bearings: [
      {
        claim: 'W2',
        meaning: 'the first token on a kept connection',
        holds: WEBSOCKET,
        fails: SSE,
      },
      {
        claim: 'D3',
        meaning: 'processor time against a shared WebSocket',
        holds: 'for SSE over HTTP/2, where streams share a connection',
        fails: 'for a WebSocket that several streams share',
      },
    ],
  },
  {
    of: ({ streams }) => (streams === undefined ? undefined : `${streams} streams at a time`),
    bearings: [
      { claim: 'S4', meaning: 'memory of an idle connection', holds: SSE, fails: WEBSOCKET },
      { claim: 'S4', meaning: 'memory of a streaming connection', holds: SSE, fails: WEBSOCKET },
      { claim: 'S4', meaning: 'most streams at the objective', holds: SSE, fails: WEBSOCKET },
      {
        claim: 'S2c',
        meaning: 'most attempts within 100 ms',
        holds: 'for a random `retry` over SSE: without one all clients come back at once',
        fails: 'for neither',
      },
    ],
  },
  {
    of: (profile) => {
      const rate = profile['tokens-per-second'];
      return rate === undefined ? undefined : `${rate} tokens/s a stream`;
    },
    bearings: [
      { claim: 'W2', meaning: 'a token from when it was due', holds: WEBSOCKET, fails: SSE },
      { claim: 'S4', meaning: 'processor time of a token', holds: SSE, fails: WEBSOCKET },
      { claim: 'W3', meaning: 'bytes on the wire', holds: WEBSOCKET, fails: SSE },
    ],
  },
  {
    of: ({ duplex }) => (duplex === true ? 'clients send while they receive' : undefined),
    bearings: [
      {
        claim: 'S5',
        meaning: 'a stop by a second request',
        holds: WEBSOCKET,
        fails: 'for neither',
      },
      { claim: 'W1', meaning: 'voice in both directions', holds: WEBSOCKET, fails: 'for neither' },
      {
        claim: 'D5',
        meaning: 'a turn, connection and context kept over both',
        holds: WEBSOCKET,
        fails: SSE,
      },
    ],
  },
  {
    of: ({ proxies }) => (proxies === true ? 'proxies that others configure' : undefined),
    bearings: [
      {
        claim: 'S3',
        meaning: 'proxies as their documentation begins',
        holds: SSE,
        fails: 'against SSE without the lines that fix the proxy',
      },
      {
        claim: 'W5',
        meaning: 'proxies as their documentation begins',
        holds: 'against WebSocket without the lines that fix the proxy',
        fails: WEBSOCKET,
      },
      {
        claim: 'S2a',
        meaning: 'an EventSource after a restart behind a proxy',
        holds: SSE,
        fails: 'against EventSource without code that begins anew',
      },
    ],
  },
  {
    of: ({ binary }) => (binary === true ? 'bytes, such as audio' : undefined),
    bearings: [
      { claim: 'S6', meaning: 'bytes on the way', holds: 'for binary WebSocket', fails: SSE },
      {
        claim: 'S6',
        meaning: 'processor time of binary messages',
        holds: 'for binary WebSocket',
        fails: SSE,
      },
    ],
  },
  {
    of: ({ mobile }) => (mobile === true ? 'connections that break often' : undefined),
    bearings: [
      {
        claim: 'S2b',
        meaning: 'tokens of an event stream',
        holds: 'for event ids, and a server that keeps what it sent',
        fails: 'against streams without a store that outlives the server',
      },
      {
        claim: 'S2b',
        meaning: 'an advantage over WebSocket with a resume of its own',
        holds: SSE,
        fails: 'for neither: a WebSocket with a resume of its own loses no more',
      },
    ],
  },
];
