// One value of what a run sweeps: the load, and everything else that distinguishes the trials of
// one scenario, such as the fault and the reconnection policy.

import { z } from 'zod';
import { faultNames, faults, type FaultName } from './faults.ts';
import { policyNames, type PolicyName } from './reconnect-policy.ts';
import { KIB, MIB, NS_PER_MS } from './units.ts';

/**
 * Sweeps within one trial, so that `connections` is only their maximum: titles of the load point.
 */
const spans = {
  ladder: 'ladder up to',
  search: 'search for the most streams, up to',
  curve: 'load–latency curve, up to',
  proof: 'proof of the client, up to',
  browser: 'one browser, up to',
} as const;

type Span = keyof typeof spans;

/**
 * Ways in which the streams of scenario `connect` get their connections: titles of the load point.
 */
const connectings = {
  storm: 'storm of',
  cold: 'each stream on a new connection,',
  resumed: 'each stream on a new connection with a resumed TLS session,',
  warm: 'streams one after another on a kept connection,',
} as const;

type Connecting = keyof typeof connectings;

export const loadPointSchema = z.object({
  /**
   * Number of streams, under the name that it has in all saved runs; as many connections, unless
   * the streams of an arm share them.
   */
  connections: z.int().min(1),
  /** Set when streams of some arm share connections, so that only streams are equal in all arms. */
  isOfStreams: z.literal(true).optional(),
  fault: z.enum(faultNames as [FaultName, ...FaultName[]]).optional(),
  policy: z.enum(policyNames as [PolicyName, ...PolicyName[]]).optional(),
  span: z.enum(Object.keys(spans) as [Span, ...Span[]]).optional(),
  connecting: z.enum(Object.keys(connectings) as [Connecting, ...Connecting[]]).optional(),
  /** Tokens of a stream that are due together. */
  tokensPerTick: z.int().min(1).optional(),
  /** Rate of messages that one source sends to every subscriber. */
  messagesPerSecond: z.number().positive().optional(),
  /** Number of connections that stop reading. */
  stopped: z.int().nonnegative().optional(),
  /** Text of the large messages among the tokens. */
  largeBytes: z.int().positive().optional(),
  /** Bandwidth of the link that all connections share. */
  linkBytesPerSecond: z.number().positive().optional(),
  /** Round trip between client and server, which a relay of the harness adds; absent for none. */
  roundTripNs: z.number().positive().optional(),
  /** Share of the weaker arm's capacity, as a pilot found it: 0.5 for half. */
  share: z.number().positive().optional(),
  /** Streams arrive in this way, in words, and `connections` is the most open at once. */
  arrivals: z.string().optional(),
  /** Endpoints that the plan declared here; those of the scenario when absent. */
  endpoints: z.array(z.string()).optional(),
});

export type LoadPoint = z.infer<typeof loadPointSchema>;

/** Equal for equal load points, different for different ones. */
export function loadPointKey(point: LoadPoint): string {
  const { fault, policy, span, connecting, tokensPerTick, messagesPerSecond, stopped, share } =
    point;
  const { largeBytes, linkBytesPerSecond, roundTripNs, arrivals } = point;
  // Shares make runs comparable whose pilots found slightly different capacities; how many streams
  // are open at once follows from the arrivals and the seed.
  const load = share === undefined ? (arrivals ?? point.connections) : `${100 * share}%`;
  const named = [
    ['tick', tokensPerTick],
    ['messages', messagesPerSecond],
    ['stopped', stopped],
    ['large', largeBytes],
    ['link', linkBytesPerSecond],
    ['rtt', roundTripNs],
  ] as const;
  const words = [fault, policy, span, connecting].filter((word) => word !== undefined);
  return [
    load,
    ...words,
    ...named.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
  ].join(' ');
}

/** Whether it is measured once after all blocks, as part of none of them. */
export function isSupplement({ span }: LoadPoint): boolean {
  return span === 'curve' || span === 'proof';
}

/** Whether the load point is identified by more than its number of connections. */
export function isNamed(point: LoadPoint): boolean {
  return point.share === undefined && loadPointKey(point) !== String(point.connections);
}

/** `100 connections`; `100 streams` where some arm's share connections. */
function countWords({ connections, isOfStreams }: LoadPoint): string {
  const [one, many] =
    isOfStreams === true ? ['1 stream', 'streams'] : ['1 connection', 'connections'];
  return connections === 1 ? one : `${connections} ${many}`;
}

/** `1 MiB`, `64 KiB` */
function sizeWords(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`;
}

/**
 * `100 connections`, `arrivals of chat.csv, at most 100 connections`, `Reset, 100 connections`, `200 connections, 5 tokens a tick`, `900
 * connections, 50 % of capacity`.
 */
export function loadPointTitle(point: LoadPoint): string {
  const { fault, policy, span, connecting, tokensPerTick, messagesPerSecond, stopped, share } =
    point;
  const count =
    point.arrivals === undefined
      ? countWords(point)
      : `${point.arrivals}, at most ${countWords(point)}`;
  const before = span === undefined ? connecting && connectings[connecting] : spans[span];
  const words = [
    ...(fault === undefined ? [] : [faults[fault].title]),
    before === undefined ? count : `${before} ${count}`,
  ];
  if (policy === 'as-specified') words.push('as specified');
  if (tokensPerTick !== undefined)
    words.push(tokensPerTick === 1 ? '1 token a tick' : `${tokensPerTick} tokens a tick`);
  if (messagesPerSecond !== undefined)
    words.push(messagesPerSecond === 1 ? '1 message/s' : `${messagesPerSecond} messages/s`);
  if (stopped !== undefined && stopped > 0) words.push(`${stopped} of them not reading`);
  if (point.largeBytes !== undefined) words.push(`messages of ${sizeWords(point.largeBytes)}`);
  if (point.linkBytesPerSecond !== undefined)
    words.push(`a link of ${(8 * point.linkBytesPerSecond) / 1e6} Mbit/s`);
  if (point.roundTripNs !== undefined)
    words.push(`a round trip of ${point.roundTripNs / NS_PER_MS} ms`);
  if (share !== undefined) words.push(`${Math.round(100 * share)} % of capacity`);
  return words.join(', ');
}
