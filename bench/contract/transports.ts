// Describes transports, client stacks, paths and arms. To add a transport: its entry here, one file in servers/, one in each
// client stack; the compiler names every place, because each keeps a table over TransportId.

import type { Injection } from './injection.ts';

/** Times at which the tokens of one event-loop turn leave, for a transport written otherwise than its library does by default. */
export const writesOf = {
  'at-once': 'each token leaves before the next is written',
  corked: 'all tokens of a turn of the event loop leave at its end, in one system call',
} as const satisfies Record<string, string>;

export type Writes = keyof typeof writesOf;

interface TransportDescription {
  readonly title: string;
  /** One line for `streamduel list transports`. */
  readonly summary: string;
  /** The null arm is the floor of the harness: it is compared with, never given a verdict. */
  readonly isNullArm: boolean;
  /** Write mode of the other transport: `sse+at-once` against `ws` shows the difference that remains once both write alike. */
  readonly otherWrites?: Writes;
}

export const transports = {
  sse: {
    title: 'SSE',
    summary: 'Server-Sent Events: GET, HTTP/1.1 chunked, one stream a connection',
    isNullArm: false,
    otherWrites: 'at-once',
  },
  ws: {
    title: 'WebSocket',
    summary: 'RFC 6455 text messages, no compression, one stream a connection',
    isNullArm: false,
    otherWrites: 'corked',
  },
  tcp: {
    title: 'TCP (null arm)',
    summary: 'the same payload as lines over a bare socket: the floor of the harness',
    isNullArm: true,
  },
} as const satisfies Record<string, TransportDescription>;

export type TransportId = keyof typeof transports;

/** Returns undefined for a transport with one write mode only. */
export function otherWritesOf(transport: TransportId): Writes | undefined {
  const described: TransportDescription = transports[transport];
  return described.otherWrites;
}

/** The subprotocol that server and clients agree on (RFC 6455 §1.9). */
export const WEBSOCKET_PROTOCOL = 'tokens.v1.json';

export const transportIds = Object.keys(transports) as TransportId[];

export const clientStacks = {
  probe: 'one raw-socket engine for every transport; the default, and the cheapest',
  library: 'undici + eventsource-parser for SSE, ws for WebSocket: what a Node consumer sees',
  eventsource: 'EventSource of the npm package eventsource (SSE only): it reconnects by itself',
  'undici-eventsource': 'EventSource of undici (SSE only): it reconnects by itself',
  browser: 'a page in headless Chromium: EventSource for SSE, WebSocket for ws; each token is also appended to the DOM',
  'browser-fetch': 'the same page with fetch, a ReadableStream and a small parser (SSE only)',
  autocannon: 'an HTTP load generator (SSE only): whole streams in a closed loop, in scenario completions',
} as const satisfies Record<string, string>;

export type ClientStack = keyof typeof clientStacks;

/** Whether the client stack decides itself when to reconnect, so that no policy of ours applies; such stacks speak SSE only. */
export function reconnectsItself(client: ClientStack): boolean {
  return client === 'eventsource' || client === 'undici-eventsource';
}

export type BrowserStack = 'browser' | 'browser-fetch';

/** Whether streams are received by a page, in processes of another program, on a clock of its own. */
export function isBrowser(client: ClientStack): client is BrowserStack {
  return client === 'browser' || client === 'browser-fetch';
}

/** Whether the client requests whole responses, one after another, and does not see the tokens in them. */
export function isLoadGenerator(client: ClientStack): client is 'autocannon' {
  return client === 'autocannon';
}

export function canSpeak(client: ClientStack, transport: TransportId): boolean {
  if (transport === 'sse' || client === 'probe' || client === 'library') return true;
  return transport === 'ws' && client === 'browser';
}

/** Network paths between client and server. */
export const paths = {
  direct: 'nothing: loopback',
  relay: 'a TCP relay of the harness that passes bytes on',
  netns: 'server and clients in network namespaces of their own, joined by a pair of virtual interfaces; needs privileges',
} as const satisfies Record<string, string>;

export type PathName = keyof typeof paths;

/** The path common to all arms; `direct` when one altered arm of a self-test has another than the rest. */
export function commonPath(arms: readonly Pick<Arm, 'path'>[]): PathName {
  const [path = 'direct', ...others] = new Set(arms.map((arm) => arm.path));
  return others.length === 0 ? path : 'direct';
}

/** One arm of a comparison. */
export interface Arm {
  readonly transport: TransportId;
  /** Absent for the default behaviour of the transport's library. */
  readonly writes?: Writes | undefined;
  readonly client: ClientStack;
  readonly path: PathName;
  /** Tells arms apart that are otherwise equal: the copy of an A/A pair, or the name of an injected effect. */
  readonly label?: string | undefined;
  readonly injection?: Injection | undefined;
}

/** Label of the arm that repeats the baseline: any difference between the two is noise of the harness. */
export const COPY_LABEL = 'copy';

/** `sse`, `sse+at-once`: the transport of an arm as `--transports` names it. */
export function writtenTransport({ transport, writes }: Pick<Arm, 'transport' | 'writes'>): string {
  return writes === undefined ? transport : `${transport}+${writes}`;
}

/** `sse`, `sse+at-once`, `ws/library`, `sse+copy`: unique within a run. */
export function armName({ transport, writes, client, path, label }: Arm): string {
  const receiver = client === 'probe' ? '' : `/${client}`;
  const way = path === 'direct' ? '' : `@${path}`;
  return `${writtenTransport({ transport, writes })}${receiver}${way}${label === undefined ? '' : `+${label}`}`;
}

const writesTitles: Record<Writes, string> = { 'at-once': 'written at once', corked: 'corked' };

/** `SSE`, `SSE (written at once)`, `WebSocket (library client)`, `SSE (copy)`. */
export function armTitle({ transport, writes, client, path, label }: Arm): string {
  const notes = [
    ...(writes === undefined ? [] : [writesTitles[writes]]),
    ...(client === 'probe' ? [] : [`${client} client`]),
    ...(path === 'direct' ? [] : [`via ${path}`]),
    ...(label === undefined ? [] : [label]),
  ];
  return `${transports[transport].title}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

/** Whether the arm only shows the noise between equal arms and is not compared. */
export function isCopy({ label }: Arm): boolean {
  return label === COPY_LABEL;
}
