// How tokens travel. To add a transport: its entry here, one file in servers/, one in each client stack; the compiler
// names every place, because each keeps a table over TransportId.

interface TransportDescription {
  readonly title: string;
  /** One line for `streamduel list transports`. */
  readonly summary: string;
  /** The null arm is the floor of the harness: it is compared with, never given a verdict. */
  readonly isNullArm: boolean;
}

export const transports = {
  sse: {
    title: 'SSE',
    summary: 'Server-Sent Events: GET, HTTP/1.1 chunked, one stream a connection',
    isNullArm: false,
  },
  ws: {
    title: 'WebSocket',
    summary: 'RFC 6455 text messages, no compression, one stream a connection',
    isNullArm: false,
  },
  tcp: {
    title: 'TCP (null arm)',
    summary: 'the same payload as lines over a bare socket: the floor of the harness',
    isNullArm: true,
  },
} as const satisfies Record<string, TransportDescription>;

export type TransportId = keyof typeof transports;

/** The subprotocol that server and clients agree on (RFC 6455 §1.9). */
export const WEBSOCKET_PROTOCOL = 'tokens.v1.json';

export const transportIds = Object.keys(transports) as TransportId[];

export const clientStacks = {
  probe: 'one raw-socket engine for every transport; the default, and the cheapest',
  library: 'undici + eventsource-parser for SSE, ws for WebSocket: what a Node consumer sees',
} as const satisfies Record<string, string>;

export type ClientStack = keyof typeof clientStacks;

/** One arm of a comparison. */
export interface Arm {
  readonly transport: TransportId;
  readonly client: ClientStack;
  readonly path: 'direct';
}

export function armName(arm: Arm): string {
  return arm.client === 'probe' ? arm.transport : `${arm.transport}/${arm.client}`;
}
