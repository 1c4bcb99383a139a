// What is said beyond the article's lists: its demonstration, its observation of ChatGPT, and three
// sentences of the debate.

import type { Claim } from '../claim.ts';

const demonstration: Claim = {
  id: 'D1',
  title: 'The demonstration: messages appear live',
  says: 'Ten messages, one a second, are appended to a page as they arrive.',
  meanings: [
    {
      name: 'tokens in the page within a picture of the screen',
      says: 'half of the tokens are in the page within 16 ms of when they were due, a picture of a screen of 60 Hz',
      sources: [{ kind: 'question', scenario: 'stream', question: 'token-soon-on-page' }],
    },
    {
      name: 'each message once',
      says: 'each message appears once',
      sources: [],
      unmeasured:
        'no scenario measures the demonstration; `streamduel serve` shows it, as it was written and as it should be',
    },
  ],
  flips:
    'How the stream ends: an EventSource whose server only closes the response comes back and receives everything again, for ever.',
  runs: ['page'],
};

const post: Claim = {
  id: 'D2',
  title: 'ChatGPT streams the response to a POST',
  says: 'The request is a POST whose response is an event stream, read with fetch.',
  meanings: [
    {
      name: 'the first token as soon as after a GET',
      says: 'the first token after a POST is as soon as after a GET',
      sources: [
        {
          kind: 'equal',
          scenario: 'matrix',
          metric: 'ttft.overhead.p50',
          transports: ['sse-post', 'sse'],
        },
      ],
    },
    {
      name: 'further tokens as soon as after a GET',
      says: 'further tokens after a POST are as soon as after a GET, from the turn of the server that found them due',
      sources: [
        {
          kind: 'equal',
          scenario: 'matrix',
          metric: 'delivery.ready.p50',
          transports: ['sse-post', 'sse'],
        },
      ],
    },
    {
      name: 'processor time as after a GET',
      says: 'tokens after a POST take as much processor time of the server as after a GET',
      sources: [
        {
          kind: 'equal',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          transports: ['sse-post', 'sse'],
        },
      ],
    },
    {
      name: 'bytes as after a GET',
      says: 'tokens after a POST take as many bytes as after a GET',
      sources: [
        {
          kind: 'equal',
          scenario: 'matrix',
          metric: 'bytes.token',
          transports: ['sse-post', 'sse'],
        },
      ],
    },
  ],
  flips:
    'What the page needs: a POST has a body and headers, which EventSource lacks; it gives up reconnecting and Last-Event-ID, which the application then has to write (claims S2a, S2b).',
  runs: ['matrix'],
};

const http2: Claim = {
  id: 'D3',
  title: '“HTTP/2 fixes it”',
  says: 'Over HTTP/2 the limits of SSE are gone: streams share a connection.',
  meanings: [
    {
      name: 'processor time against HTTP/1.1',
      says: 'streams that share an HTTP/2 connection take less processor time than one connection each',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          better: 'sse-h2',
          than: 'sse',
        },
      ],
    },
    {
      name: 'processor time against a shared WebSocket',
      says: 'streams that share an HTTP/2 connection take less processor time than streams that share a WebSocket',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          better: 'sse-h2',
          than: 'ws-mux',
        },
      ],
    },
    {
      name: 'delivery against a shared WebSocket',
      says: 'tokens of streams that share an HTTP/2 connection arrive sooner than of streams that share a WebSocket',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'delivery.ready.p50',
          better: 'sse-h2',
          than: 'ws-mux',
        },
      ],
    },
    {
      name: 'streams of one browser',
      says: 'a browser opens more streams to one origin than over HTTP/1.1',
      sources: [
        { kind: 'question', scenario: 'browser-limits', question: 'more-streams-than-http1' },
      ],
    },
  ],
  flips:
    'How many streams share a connection: those of one page do, those of many users do not, unless a proxy joins them.',
  runs: ['matrix', 'browser-limits'],
};

const compression: Claim = {
  id: 'D4',
  title: '“Compression decides”',
  says: 'Whether tokens are compressed matters more than the transport.',
  meanings: [
    {
      name: 'processor time of compressed SSE',
      says: 'compression costs an event stream processor time of the server',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          better: 'sse',
          than: 'sse-gzip',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'processor time of compressed WebSocket',
      says: 'compression costs a WebSocket processor time of the server',
      sources: [
        {
          kind: 'verdict',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          better: 'ws',
          than: 'ws-deflate',
          tokens: 'text',
        },
      ],
    },
    {
      name: 'the transport where both compress',
      says: 'with compression on both, the transport makes no difference in processor time',
      sources: [
        {
          kind: 'equal',
          scenario: 'matrix',
          metric: 'cpu.server.token',
          transports: ['sse-gzip', 'ws-deflate'],
          tokens: 'text',
        },
      ],
    },
  ],
  flips:
    'The payload, of which repeated envelopes compress well and single tokens hardly, and who compresses: a proxy may do it unasked.',
  runs: ['matrix'],
};

const agents: Claim = {
  id: 'D5',
  title: '“40 % faster for agents”',
  says: 'A WebSocket for many turns with tools is faster, by up to 40 % (OpenAI) or 20 % (xAI).',
  meanings: [
    {
      name: 'a turn, connection and context kept over both',
      says: 'a turn takes less time over a kept WebSocket than as a POST on a kept connection',
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
    'What is kept between turns: a connection that stays open, and a context that is not sent again. Either can be had over HTTP, so the factors have to be told apart.',
  runs: ['turns'],
};

export const debateClaims: readonly Claim[] = [demonstration, post, http2, compression, agents];
