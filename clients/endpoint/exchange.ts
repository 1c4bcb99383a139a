// One request on one connection, as its protocol carries it: HTTP/1.1, HTTP/2 or WebSocket. What is
// the same for all (redirects, timeouts, content types, limits) is in open-endpoint.ts.

import type { TransportEnd, WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { EndpointFailure } from '../../bench/contract/endpoint.ts';
import type { AnswerHead } from './answer-head.ts';
import type { AgreedTls, SocketTarget } from './endpoint-socket.ts';

export interface ExchangeRequest {
  readonly url: URL;
  readonly socket: SocketTarget;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  readonly messages: readonly string[];
  readonly subprotocols: readonly string[];
}

/** Calls come in this order; none after `ended` or `failed`, or after `close` was called. */
export interface ExchangeEvents {
  readonly connected: (atNs: number) => void;
  readonly secured: (atNs: number, tls: AgreedTls) => void;
  readonly sent: (atNs: number) => void;
  /** For a WebSocket: of an upgrade that was accepted as the specification asks. */
  readonly answered: (head: AnswerHead, atNs: number) => void;
  /** The head of an answer to an upgrade with which the server refuses it; its body follows. */
  readonly refused: (head: AnswerHead, atNs: number) => void;
  /** A return of the kernel brought this much of the body, or of frames, framing included. */
  readonly read: (bytes: number, atNs: number) => void;
  /** A part of the body, its transfer coding taken off; only valid during the call. */
  readonly body: (bytes: Buffer, atNs: number) => void;
  readonly message: (event: WireEvent, bytes: number, atNs: number) => void;
  readonly ping: (atNs: number) => void;
  readonly ended: (end: TransportEnd, atNs: number) => void;
  readonly failed: (failure: EndpointFailure, atNs: number) => void;
}

export interface Exchange {
  /** Ends the connection; nothing is reported after this. */
  readonly close: () => void;
  /** Whether bytes of an unfinished unit of the protocol, such as a message, were left. */
  readonly hasHalfMessage: () => boolean;
  /** Bytes that were read from the socket, heads and framing included. */
  readonly bytesRead: () => number;
  /** WebSocket's close code; 1005 for none in the close frame. */
  readonly closeCode: () => number | undefined;
  readonly setPaused: (isPaused: boolean) => void;
}

export type StartExchange = (
  request: ExchangeRequest,
  events: ExchangeEvents,
  now: () => number,
) => Exchange;
