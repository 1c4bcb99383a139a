// The endpoint client's interface: one stream of any server, asked for once and read to its end.
// `open-endpoint.ts` implements it.

import type { WireEvent, TransportEnd } from '../../bench/contract/dialects/dialect.ts';
import type {
  EndpointFailure,
  EndpointHead,
  EndpointRequest,
  WireFacts,
} from '../../bench/contract/endpoint.ts';

export type {
  EndpointFailure,
  EndpointHead,
  EndpointRequest,
  WireFacts,
} from '../../bench/contract/endpoint.ts';

/**
 * Called while the stream is read. All times are of the clock that `openEndpoint` was given. After
 * a redirect the calls from `onConnect` on come again, with the times of the next connection.
 */
export interface EndpointListener {
  /** TCP is connected. */
  readonly onConnect: (atNs: number) => void;
  /** The handshake of TLS is over; not called without TLS. */
  readonly onSecure: (
    atNs: number,
    tls: { readonly protocol: string; readonly alpn: string | undefined },
  ) => void;
  /** The request, or the upgrade, was written. */
  readonly onSent: (atNs: number) => void;
  /** A WebSocket's head is that of its upgrade. Not called for redirects. */
  readonly onHead: (head: EndpointHead, atNs: number) => void;
  /** A return of the kernel that brought payload of the body, or of frames. */
  readonly onRead: (atNs: number, bytes: number) => void;
  /** `atNs` is of the read that brought the event's last byte, taken before parsing. */
  readonly onEvent: (event: WireEvent, atNs: number) => void;
  /** A comment of an event stream, without its colon. */
  readonly onComment: (text: string, atNs: number) => void;
  /** A ping frame of a WebSocket; it has been answered. */
  readonly onPing: (atNs: number) => void;
  /** At most once, before `onEnd`. */
  readonly onFailure: (failure: EndpointFailure, atNs: number) => void;
  /** Exactly once, also after a failure; nothing follows. */
  readonly onEnd: (end: TransportEnd, atNs: number, wire: WireFacts) => void;
}

/** A connection that is open, or being opened. */
export interface OpenedEndpoint {
  /** Ends it: `onEnd` follows with `by-client`, unless it has ended already. */
  readonly close: () => void;
}

export type OpenEndpoint = (
  request: EndpointRequest,
  listener: EndpointListener,
  now: () => number,
) => OpenedEndpoint;
