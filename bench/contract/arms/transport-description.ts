// A transport as everything outside its own files sees it: what it can do, its bytes, and the
// sentences that reports make from it. Plans, trials, analysis and reports decide by these fields,
// never by the transport's id.

import type { Backoff } from '../backoff.ts';
import type { TransportBytes } from '../byte-model.ts';
import type { TransportStops } from './stop-ways.ts';
import type { Writes } from './writes.ts';

interface Capabilities {
  /** Major version of HTTP that carries or opens the stream; undefined for a bare socket. */
  readonly http: 1 | 2 | undefined;
  /** Whether a connection carries one stream or several at a time; how many is the arm's choice. */
  readonly streamsPerConnection: 'one' | 'many';
  /** Whether the client can send on the connection of a running stream. */
  readonly duplex: boolean;
  /**
   * How the twins take frames from the client while a stream goes on: on its connection, or in
   * requests beside it, which is the arm's choice. `no` where they do not.
   */
  readonly upward: 'connection' | 'requests' | 'no';
  readonly compressed: boolean;
  /**
   * Whether each token leaves as soon as it is generated; false for an answer that is sent as a
   * whole.
   */
  readonly incremental: boolean;
  /** Whether payloads travel in binary messages. */
  readonly binary: boolean;
  /** `standard`: by the transport's specification; `own`: by a small protocol of this project. */
  readonly resumable: 'standard' | 'own' | 'no';
  /** Whether a client can ask for a stream that was not planned: with parameters of its own. */
  readonly unplannedStreams: boolean;
  /**
   * Whether a client can send the turns of a conversation with it: in the body of a request, or in
   * a message.
   */
  readonly conversations?: boolean;
  /** Whether a stream ends with a closing handshake: its place is free only after that. */
  readonly closingHandshake: boolean;
  /**
   * Form of the sign of life; `answered`: the client must reply to it, so the server notices a
   * dead peer by itself.
   */
  readonly heartbeat: 'one-way' | 'answered';
}

/** Behaviour of a client that reconnects as the transport's specification says. */
interface SpecifiedReconnect {
  /** Time from the loss, or the failed attempt, to the next attempt. */
  readonly delayNs: (backoff: Backoff) => number;
  /**
   * Whether a response with an unexpected HTTP status ends the stream for good. 204 always does.
   */
  readonly isRefusalFinal: boolean;
}

/** The transport in a page of a browser; the numbers are Chromium's. */
interface InBrowser {
  readonly api: 'EventSource' | 'WebSocket' | 'fetch';
  /**
   * Streams open at once from one browser to one origin, where the server does not say how many it
   * allows.
   */
  readonly mostStreams: number;
  /**
   * The same, however many the server allows; set where a server can say it, which makes it the
   * arm's choice.
   */
  readonly mostAllowed?: number;
  /** Set where browsers speak it over TLS only. */
  readonly needsTls?: true;
  /** The unit of that number: `WebSockets`. */
  readonly counted: string;
  /** Whether a stream beyond it waits or fails. */
  readonly beyond: 'waits' | 'fails';
  /** One stream of a page: `a WebSocket`. */
  readonly stream: string;
  /** How the page closes a stream. */
  readonly closing: string;
  /** How long a page has a connection. */
  readonly connection: string;
  /** Known but unproven reasons for what a page sees. */
  readonly doubt?: string;
}

/**
 * How the twin server of a transport writes; another server of the same transport may do otherwise.
 */
interface TwinDescription {
  /** The library that frames and sends; undefined where nothing frames. */
  readonly library: string | undefined;
  /**
   * Write mode of that library by default; absent where something other than the library decides
   * when a token leaves.
   */
  readonly writes?: Writes;
  /** The mechanism, for a report's explanation of differences. */
  readonly writing: string;
  /**
   * The other write mode: `sse+at-once` against `ws` shows the difference that remains once both
   * write alike.
   */
  readonly otherWrites?: { readonly mode: Writes; readonly writing: string };
  /** When a stream's handler runs: `after the 101`. */
  readonly handlerRuns?: string;
  /** Names the objects that the server keeps for an open stream. */
  readonly openStream?: string;
}

/**
 * Sentences, or parts of one, on mechanisms of the protocol; absent where there is nothing to say.
 */
interface ProtocolTexts {
  /** `A WebSocket stream`, and how it ends: `with a close handshake in both directions`. */
  readonly end?: { readonly stream: string; readonly how: string };
  /** Says whether a small message waits for a large one of another stream on its connection. */
  readonly sharing?: string;
  /** How its opening differs from a plain GET. */
  readonly opening?: string;
  /** Names a part that it lacks and all others have. */
  readonly absence?: string;
  /** How a token tells where to resume. */
  readonly resumeId?: string;
  /** How a stream begins on a connection that is kept: `asks with …`. */
  readonly keptRequest?: string;
  /** How a new connection is closed. */
  readonly close?: string;
  /** When a new connection counts as accepted, if not by the answer. */
  readonly acceptance?: string;
  /** When a client in a closed loop may ask for its next stream, if not at once. */
  readonly nextStream?: string;
  /** Differences under faults, one a bullet. */
  readonly recovery: readonly string[];
  /** Differences under policy `as-specified`. */
  readonly specifiedReconnect?: string;
  /** Limit of a result on a resume by a protocol of this project. */
  readonly ownResume?: string;
}

export interface TransportDescription {
  readonly title: string;
  /** Name of its standard in a sentence: `Server-Sent Events`. */
  readonly standard: string;
  /** One line for `streamduel list transports`. */
  readonly summary: string;
  /**
   * Its colour in charts, `#rrggbb`: apart from the others for all common kinds of colour
   * blindness, and from white and black.
   */
  readonly colour: string;
  /** The null arm is the floor of the harness: it is compared with, never given a verdict. */
  readonly isNullArm: boolean;
  /** Form of its messages, whatever carries them: several transports can share one. */
  readonly protocol: 'event-stream' | 'websocket' | 'lines';
  readonly capabilities: Capabilities;
  /** Whether a request over HTTP/1.1 asks for another protocol on its connection (RFC 9110 §7.8). */
  readonly opensByUpgrade: boolean;
  /** Request target of a planned stream. */
  readonly route: (streamId: string) => string;
  /**
   * Bytes of each event by the letter of its specification; a transport without a model has no
   * check of its counters.
   */
  readonly bytes: TransportBytes | 'not-modelled';
  /** The ways in which a client stops a stream that runs. */
  readonly stops: TransportStops;
  /** Undefined where no specification says when to reconnect. */
  readonly specifiedReconnect: SpecifiedReconnect | undefined;
  /** Undefined for a transport that no page speaks. */
  readonly inBrowser: InBrowser | undefined;
  readonly twin: TwinDescription;
  readonly texts: ProtocolTexts;
}
