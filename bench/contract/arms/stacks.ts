// Client stacks: who receives the tokens, and what the harness can ask of it. To add one: its
// description here, and its file in clients/; the compiler names the tables that lack it.

import { transportIds, type TransportId } from './transports.ts';

interface StackDescription {
  /** One line for `streamduel list clients`. */
  readonly summary: string;
  readonly speaks: readonly TransportId[];
  /**
   * `streams`: opens single streams in the load process and sees each token. `page`: the same in a
   * browser, in processes of another program, on a clock of its own. `responses`: requests whole
   * responses, one after another, and sees no tokens.
   */
  readonly receives: 'streams' | 'page' | 'responses';
  /** Whether it decides itself when to reconnect, so that no policy of the harness applies. */
  readonly reconnectsItself: boolean;
  /** Whether it can be told to run the streams of a slot one after another on a connection. */
  readonly keepsAsTold: boolean;
  /**
   * The harness decides which streams share a connection, on a transport on which they can, or
   * the stack itself does.
   */
  readonly sharesConnections: 'as-told' | 'by-itself' | 'no';
  /**
   * Whether it keeps a connection whose response ended, and may send the next request on it,
   * unasked.
   */
  readonly keepsConnections: boolean;
  /** Whether it connects over TLS, and trusts the certificate of the run. */
  readonly speaksTls: boolean;
  /** Whether it can be told of a forward proxy. */
  readonly takesForwardProxy: boolean;
  /** Whether it can be told to stop reading. */
  readonly stopsReading: boolean;
  /** Whether it can be told in which way to stop a stream that runs. */
  readonly stopsAsTold: boolean;
  /**
   * Whether a page receives by the interfaces that browsers have for streams, EventSource and
   * WebSocket.
   */
  readonly usesPageInterfaces: boolean;
  /** Difference to other arms that comes from the client, for a report. */
  readonly asymmetry?: string;
  /** Limit of a result that only this client received. */
  readonly limit?: string;
}

const socketStack = {
  receives: 'streams',
  reconnectsItself: false,
  keepsAsTold: false,
  sharesConnections: 'no',
  keepsConnections: false,
  speaksTls: false,
  takesForwardProxy: false,
  stopsReading: true,
  stopsAsTold: false,
  usesPageInterfaces: false,
} as const satisfies Partial<StackDescription>;

const eventSource = {
  ...socketStack,
  speaks: ['sse'],
  reconnectsItself: true,
  stopsReading: false,
  asymmetry:
    'An EventSource client comes back by itself, by its own rules: no policy of the harness applies to it, and it does not watch for silence.',
} as const satisfies Partial<StackDescription>;

const page = {
  ...socketStack,
  receives: 'page',
  sharesConnections: 'by-itself',
  keepsConnections: true,
  speaksTls: true,
  stopsReading: false,
} as const satisfies Partial<StackDescription>;

const descriptions = {
  probe: {
    ...socketStack,
    summary: 'one raw-socket engine for every transport; the default, and the cheapest',
    speaks: transportIds,
    stopsAsTold: true,
    keepsAsTold: true,
    sharesConnections: 'as-told',
    speaksTls: true,
    takesForwardProxy: true,
    limit:
      'Tokens were received by the probe, which does less work than any client library or browser.',
  },
  library: {
    ...socketStack,
    summary:
      'undici + eventsource-parser for SSE, node:http2 for SSE over HTTP/2, ws for WebSocket: what a Node consumer sees',
    speaks: transportIds,
    sharesConnections: 'as-told',
    speaksTls: true,
    asymmetry:
      'With library clients each transport is received by a different library, and the difference between the libraries is part of the result.',
  },
  eventsource: {
    ...eventSource,
    summary: 'EventSource of the npm package eventsource (SSE only): it reconnects by itself',
  },
  'undici-eventsource': {
    ...eventSource,
    summary: 'EventSource of undici (SSE only): it reconnects by itself',
  },
  browser: {
    ...page,
    summary:
      'a page in headless Chromium: EventSource for SSE over HTTP/1.1 and HTTP/2, WebSocket for ws and its forms; each token is also appended to the DOM',
    speaks: ['sse', 'ws', 'ws-binary', 'ws-deflate', 'ws-deflate-no-takeover', 'sse-h2'],
    usesPageInterfaces: true,
  },
  'browser-fetch': {
    ...page,
    summary:
      'the same page with fetch, a ReadableStream and a small parser: SSE by GET, in gzip, by POST and over HTTP/2, and NDJSON',
    speaks: ['sse', 'sse-post', 'ndjson', 'sse-gzip', 'sse-h2'],
    asymmetry:
      'With `fetch` the callback is a read of the body, and a parser in the page splits it into events after the first time was taken; `EventSource` and `WebSocket` have parsed an event before they call.',
  },
  autocannon: {
    ...socketStack,
    summary:
      'an HTTP load generator (SSE only): whole streams in a closed loop, in scenario completions',
    speaks: ['sse'],
    receives: 'responses',
    keepsConnections: true,
    stopsReading: false,
  },
} as const satisfies Record<string, StackDescription>;

export type ClientStack = keyof typeof descriptions;

type StackThat<Receives extends StackDescription['receives']> = {
  [Stack in ClientStack]: (typeof descriptions)[Stack]['receives'] extends Receives ? Stack : never;
}[ClientStack];

export type BrowserStack = StackThat<'page'>;

/** Client stacks that open streams one by one in the load process. */
export type StreamStack = StackThat<'streams'>;

export const clientStacks: Readonly<Record<ClientStack, StackDescription>> = descriptions;

export const clientStackIds = Object.keys(descriptions) as ClientStack[];

/** Its name is left out of an arm's. */
export const DEFAULT_CLIENT: StreamStack = 'probe';

/** Whether streams are received by a page. */
export function isBrowser(client: ClientStack): client is BrowserStack {
  return clientStacks[client].receives === 'page';
}

/**
 * Whether the client requests whole responses, one after another, and does not see the tokens in
 * them.
 */
export function isLoadGenerator(client: ClientStack): client is StackThat<'responses'> {
  return clientStacks[client].receives === 'responses';
}

export function canSpeak(client: ClientStack, transport: TransportId): boolean {
  return clientStacks[client].speaks.includes(transport);
}
