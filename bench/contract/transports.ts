// How tokens travel. To add a transport: its entry here, one file in servers/, one in each client stack; the compiler
// names every place, because each keeps a table over TransportId.

import type { Injection } from './injection.ts';

/** When the tokens of one turn of the event loop leave, of a transport that is not written the way its library does by itself. */
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
  /** The way of the other one: `sse+at-once` against `ws` shows what is left of a difference once both write alike. */
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

/** Undefined for a transport that is written in one way only. */
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

/** Client stacks that decide themselves when to try again, so that no policy of ours applies; they speak SSE only. */
export function reconnectsItself(client: ClientStack): boolean {
  return client === 'eventsource' || client === 'undici-eventsource';
}

export type BrowserStack = 'browser' | 'browser-fetch';

/** Its streams are received by a page, in processes of another program, on a clock of its own. */
export function isBrowser(client: ClientStack): client is BrowserStack {
  return client === 'browser' || client === 'browser-fetch';
}

/** It asks for whole responses, one after another, and knows nothing of the tokens in them. */
export function isLoadGenerator(client: ClientStack): client is 'autocannon' {
  return client === 'autocannon';
}

export function canSpeak(client: ClientStack, transport: TransportId): boolean {
  if (transport === 'sse' || client === 'probe' || client === 'library') return true;
  return transport === 'ws' && client === 'browser';
}

/** What stands between client and server. */
export const paths = {
  direct: 'nothing: loopback',
  relay: 'a TCP relay of the harness that passes bytes on',
  netns: 'server and clients in network namespaces of their own, joined by a pair of virtual interfaces; needs privileges',
} as const satisfies Record<string, string>;

export type PathName = keyof typeof paths;

/** The path that all arms have; `direct` where one altered arm of a self-test has another than the rest. */
export function commonPath(arms: readonly Pick<Arm, 'path'>[]): PathName {
  const [path = 'direct', ...others] = new Set(arms.map((arm) => arm.path));
  return others.length === 0 ? path : 'direct';
}

/** One arm of a comparison. */
export interface Arm {
  readonly transport: TransportId;
  /** As the transport's library does by itself when absent. */
  readonly writes?: Writes | undefined;
  readonly client: ClientStack;
  readonly path: PathName;
  /** Tells arms apart that are otherwise equal: the copy of an A/A pair, or the name of an injected effect. */
  readonly label?: string | undefined;
  readonly injection?: Injection | undefined;
}

/** The label of the arm that repeats the baseline: what the harness finds between the two is its own noise. */
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

/** Whether the arm is there to show the noise between equal arms, not to be compared. */
export function isCopy({ label }: Arm): boolean {
  return label === COPY_LABEL;
}
