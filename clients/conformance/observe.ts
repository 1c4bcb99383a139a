// Runs vectors through a receiver, and describes how its events differ from those that the standard
// requires.

import type { Received, Receiver } from './receiver.ts';
import type { Delivery, Return, VectorServer } from './vector-server.ts';
import type { SeenEvent, Vector } from './vector.ts';

export interface Observation {
  readonly events: readonly SeenEvent[];
  /**
   * Value in the request that followed; '' when it had none. undefined when no request followed.
   */
  readonly lastEventId: string | undefined;
  /**
   * The reconnection time, ms: the longest of the default, the vector's own and 0 that the receiver
   * waited. On a busy machine a wait takes longer, but never less than requested. undefined when
   * the receiver did not reconnect within our patience.
   */
  readonly waitMs: number | undefined;
}

/**
 * Default wait of every receiver here, ms; the standard leaves it to them ("a few seconds",
 * §9.2.2).
 */
const DEFAULT_WAIT_MS = 3000;

/**
 * Longer than the requested wait of any receiver that reconnects, and long enough to conclude that
 * one does not.
 */
const PATIENCE_MS = 8000;

/**
 * For a receiver that is expected to reconnect: it may be late on a busy machine, and otherwise
 * costs no time.
 */
const LONG_PATIENCE_MS = 30_000;

/** Timers of Node and of browsers fire up to 1 ms early by another clock, and round differently. */
const EARLY_MS = 20;

interface Trial {
  readonly server: VectorServer;
  readonly vector: Vector;
  readonly delivery: Delivery;
}

/** @param isExpectedBack Whether the receiver is known to reconnect after this vector. */
export async function observe(
  receiver: Receiver,
  { server, vector, delivery }: Trial,
  isExpectedBack: boolean,
): Promise<Observation> {
  const stream = typeof vector.stream === 'string' ? Buffer.from(vector.stream) : vector.stream;
  const patienceMs = isExpectedBack ? LONG_PATIENCE_MS : PATIENCE_MS;
  const { path, comeBack } = server.offer(stream, delivery);
  const { events, state } = await receiver.receive({
    url: `http://127.0.0.1:${server.port}${path}`,
    patienceMs,
  });
  return state === undefined
    ? { events, ...observeReturn(comeBack(), vector) }
    : { events, ...observeState(state) };
}

function observeReturn(
  comeBack: Return | undefined,
  { retryMs = DEFAULT_WAIT_MS }: Vector,
): Omit<Observation, 'events'> {
  if (comeBack === undefined) return { lastEventId: undefined, waitMs: undefined };
  const { lastEventId = '', afterMs } = comeBack;
  return {
    lastEventId,
    waitMs: Math.max(
      ...[DEFAULT_WAIT_MS, retryMs, 0].filter((waitMs) => waitMs <= afterMs + EARLY_MS),
    ),
  };
}

/**
 * As if the caller reconnected with this state: without the spaces around an id, which HTTP does
 * not keep (RFC 9110 §5.5).
 */
function observeState({
  lastEventId,
  retryMs,
}: NonNullable<Received['state']>): Omit<Observation, 'events'> {
  const waitMs = retryMs ?? DEFAULT_WAIT_MS;
  return waitMs > PATIENCE_MS
    ? { lastEventId: undefined, waitMs: undefined }
    : { lastEventId: lastEventId.replaceAll(/^[ \t]+|[ \t]+$/g, ''), waitMs };
}

/** The observation that the standard requires. */
export function expectedOf({
  events,
  lastEventId = '',
  retryMs = DEFAULT_WAIT_MS,
}: Vector): Observation {
  return retryMs > PATIENCE_MS
    ? { events, lastEventId: undefined, waitMs: undefined }
    : { events, lastEventId, waitMs: retryMs };
}

/** Describes the differences in the fewest words; empty without any. */
export function describeDifferences(expected: Observation, seen: Observation): string[] {
  const differences: string[] = [];
  if (JSON.stringify(seen.events) !== JSON.stringify(expected.events))
    differences.push(describeEvents(seen.events));
  if (seen.waitMs !== expected.waitMs) differences.push(describeWait(seen.waitMs));
  // An unexpected or a missing reconnect has been described by the wait already.
  if (
    seen.lastEventId !== expected.lastEventId &&
    seen.lastEventId !== undefined &&
    expected.lastEventId !== undefined
  ) {
    differences.push(
      seen.lastEventId === ''
        ? 'no Last-Event-ID'
        : `Last-Event-ID ${JSON.stringify(seen.lastEventId)}`,
    );
  }
  return differences;
}

const LONGEST_SHOWN = 40;

function describeEvents(events: readonly SeenEvent[]): string {
  if (events.length === 0) return 'no event';
  const text = events
    .map(
      ([type, data, id]) =>
        `${type} ${JSON.stringify(data)}${id === '' ? '' : ` (id ${JSON.stringify(id)})`}`,
    )
    .join(', ');
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}

function describeWait(waitMs: number | undefined): string {
  if (waitMs === undefined) return `not back within ${PATIENCE_MS / 1000} s`;
  return waitMs === 0 ? 'back at once' : `back after ${waitMs / 1000} s`;
}
