// The fair pairs: transports that differ in one thing, so that a difference between the two has one
// cause. Other pairs of arms differ in several things at once, and a verdict on them would name no
// cause.

import { payloads, type PayloadName } from '../payload.ts';
import type { Arm } from './arms.ts';
import type { TransportId } from './transports.ts';

interface Isolated {
  /** A clause that says it: `whether …`, `what …`. */
  readonly isolates: string;
}

export interface FairPair extends Isolated {
  readonly baseline: TransportId;
  readonly other: TransportId;
}

/** Reports show them in this order. */
export const fairPairs: readonly FairPair[] = [
  {
    baseline: 'sse',
    other: 'ws',
    isolates: 'what WebSocket changes for a stream that is asked for by GET',
  },
  {
    baseline: 'sse-post',
    other: 'ws',
    isolates: 'what WebSocket changes for a stream that is asked for by POST, as ChatGPT does it',
  },
  {
    baseline: 'sse',
    other: 'sse-post',
    isolates: 'whether a POST with a JSON request differs from a GET',
  },
  { baseline: 'sse-post', other: 'ndjson', isolates: 'what the framing of SSE costs' },
  { baseline: 'ws', other: 'ws-binary', isolates: 'what binary messages save over text messages' },
  {
    baseline: 'sse',
    other: 'sse-gzip',
    isolates: 'what compression costs over SSE, and what it saves in bytes',
  },
  {
    baseline: 'ws',
    other: 'ws-deflate',
    isolates: 'what compression costs over WebSocket, and what it saves in bytes',
  },
  {
    baseline: 'sse-gzip',
    other: 'ws-deflate',
    isolates: 'what WebSocket changes where both compress every token',
  },
  {
    baseline: 'ws-deflate',
    other: 'ws-deflate-no-takeover',
    isolates: 'what the window that a connection keeps between messages saves',
  },
  { baseline: 'ndjson', other: 'buffered', isolates: 'what streaming buys' },
  {
    baseline: 'sse',
    other: 'sse-h2',
    isolates:
      'what HTTP/2 changes, with connections that stay open and carry as many streams as the arm says',
  },
  {
    baseline: 'ws',
    other: 'ws-mux',
    isolates:
      'what a WebSocket changes that stays open and carries as many streams as the arm says',
  },
  {
    baseline: 'sse-h2',
    other: 'ws-mux',
    isolates: 'what WebSocket changes where as many streams share a connection',
  },
];

/**
 * The fair pairs of tokens that are bytes, which come first: each arm carries them in the way that
 * its protocol has, while with text SSE and binary messages would differ in two things.
 */
export const chunkPairs: readonly FairPair[] = [
  {
    baseline: 'sse',
    other: 'ws-binary',
    isolates: 'what it saves that binary messages carry bytes as they are, which SSE cannot',
  },
  {
    baseline: 'ws',
    other: 'ws-binary',
    isolates: 'what base64 costs, with the same frames around it',
  },
];

/** The declared pairs of a payload; without one those of text. */
function pairsOfPayload(payload: PayloadName | undefined): readonly FairPair[] {
  if (payload === undefined || payloads[payload].chunk === undefined) return fairPairs;
  const isReplaced = ({ baseline, other }: FairPair): boolean =>
    chunkPairs.some((pair) => pair.baseline === baseline && pair.other === other);
  return [...chunkPairs, ...fairPairs.filter((pair) => !isReplaced(pair))];
}

/** Two arms of a run that are compared. */
export interface ArmPair {
  readonly baseline: Arm;
  readonly other: Arm;
}

/** The same transport without and with TLS. */
const overTls: Isolated = { isolates: 'what TLS 1.3 adds' };

/** undefined for arms that differ in more than what a declared pair isolates. */
export function fairPairOf(
  { baseline, other }: ArmPair,
  payload?: PayloadName,
): Isolated | undefined {
  const isAlike =
    baseline.client === other.client &&
    baseline.path === other.path &&
    [baseline, other].every(({ writes, label }) => writes === undefined && label === undefined);
  const shared = [baseline.streamsPerConnection, other.streamsPerConnection] as const;
  if (!isAlike || (shared[0] ?? shared[1]) !== shared[1]) return undefined;
  if (baseline.transport === other.transport && shared[0] === shared[1])
    return baseline.tls !== true && other.tls === true ? overTls : undefined;
  if (baseline.tls !== other.tls) return undefined;
  return pairsOfPayload(payload).find(
    (pair) => pair.baseline === baseline.transport && pair.other === other.transport,
  );
}

/** The fair pairs among these arms, in the order of the declaration. */
export function findFairPairs(arms: readonly Arm[], payload?: PayloadName): readonly ArmPair[] {
  const all = arms.flatMap((baseline) => arms.map((other): ArmPair => ({ baseline, other })));
  return [...pairsOfPayload(payload), overTls].flatMap((pair) =>
    all.filter((candidate) => fairPairOf(candidate, payload) === pair),
  );
}
