// Whether a stream that was cut can be continued: by which events come after the cut, told by their
// ids and numbers.

import type { Cursor, WireEvent } from '../contract/dialects/dialect.ts';
import type { EndpointRequest } from '../contract/endpoint.ts';
import type { Observation } from '../contract/probe.ts';

export interface ResumeReport {
  /**
   * `continues` with the next event; `repeats` or `loses` some; begins `anew`; is `refused`; says
   * that `nothing` is left; has `no-cursor` to resume from; or it is `unclear`.
   */
  readonly verdict:
    | 'continues'
    | 'repeats'
    | 'loses'
    | 'anew'
    | 'refused'
    | 'nothing'
    | 'no-cursor'
    | 'unclear';
  /** Events that were read before the client closed. */
  readonly cutAfter: number;
  /** The server was asked to continue from this, as it was sent. */
  readonly cursor?: string;
  /** Events that came a second time. */
  readonly repeated?: number;
  /** Events that never came, by their numbers. */
  readonly lost?: number;
  readonly sentence: string;
}

const LAST_EVENT_ID = 'last-event-id';

/**
 * The request that continues the stream: a GET, as APIs whose streams begin with a POST have it,
 * too. Responses are asked for by their id.
 */
export function resumeRequest(request: EndpointRequest, cursor: Cursor): EndpointRequest {
  const { body: _body, hasSecretBody: _hasSecretBody, ...rest } = request;
  const { lastEventId, startingAfter } = cursor;
  if (startingAfter !== undefined) {
    const url = new URL(request.url);
    url.pathname += `/${encodeURIComponent(startingAfter.responseId)}`;
    url.searchParams.set('stream', 'true');
    url.searchParams.set('starting_after', String(startingAfter.sequenceNumber));
    return { ...rest, method: 'GET', url: url.href };
  }
  const others = request.headers.filter(([name]) => name.toLowerCase() !== LAST_EVENT_ID);
  // The header is UTF-8 (WHATWG HTML §9.2.4), and headers are written as latin1.
  const id = Buffer.from(lastEventId ?? '').toString('latin1');
  return { ...rest, method: 'GET', headers: [...others, [LAST_EVENT_ID, id]] };
}

/** An id may have characters that no header can carry. */
export function canBeSent({ lastEventId = '' }: Cursor): boolean {
  return !/[^\P{Cc}\t]/u.test(lastEventId);
}

function describeCursor({ lastEventId, startingAfter }: Cursor): string {
  return startingAfter === undefined
    ? `Last-Event-ID: ${lastEventId ?? ''}`
    : `starting_after=${startingAfter.sequenceNumber}`;
}

export function withoutCursor(cutAfter: number): ResumeReport {
  return {
    verdict: 'no-cursor',
    cutAfter,
    sentence: 'It cannot be resumed: no event has an id to resume from.',
  };
}

interface Resumed {
  /** Events before the cut. */
  readonly before: readonly WireEvent[];
  readonly cursor: Cursor;
  /** It belongs to the connection that was to continue the stream. */
  readonly after: Observation;
}

export function judgeResume({ before, cursor, after }: Resumed): ResumeReport {
  const found = { cutAfter: before.length, cursor: describeCursor(cursor) };
  const status = after.head?.status;
  if (status === 204)
    return {
      ...found,
      verdict: 'nothing',
      sentence: 'It answers 204: nothing is left of the stream.',
    };
  const events = after.events.map(([, event]) => event);
  if (after.failure !== undefined && events.length === 0)
    return {
      ...found,
      verdict: 'refused',
      sentence: `It cannot be resumed: ${after.failure.message}.`,
    };
  return { ...found, ...compareEvents(before, events, cursor) };
}

type Comparison = Pick<ResumeReport, 'verdict' | 'repeated' | 'lost' | 'sentence'>;

function compareEvents(
  before: readonly WireEvent[],
  after: readonly WireEvent[],
  cursor: Cursor,
): Comparison {
  const known = new Set(before.map(identity));
  const repeated = after.filter((event) => known.has(identity(event))).length;
  // An announcement with the cursor's id, such as our twins send it, is no event of the stream.
  const next = after.find((event) => event.id === undefined || event.id !== cursor.lastEventId);
  const first = before.find((event) => numberOf(event) !== undefined);
  const numbers = before.flatMap((event) => numberOf(event) ?? []);
  const nextNumber = next === undefined ? undefined : numberOf(next);
  const [firstKnown] = before;
  if (after.length === 0) return { verdict: 'nothing', sentence: 'Nothing more came.' };
  const isSameStart =
    firstKnown !== undefined &&
    after[0] !== undefined &&
    identity(after[0]) === identity(firstKnown);
  const isEarly =
    nextNumber !== undefined && first !== undefined && nextNumber <= (numberOf(first) ?? 0);
  if (before.length > 1 && (isSameStart || isEarly))
    return { verdict: 'anew', repeated, sentence: 'It is not resumed: the stream begins anew.' };
  if (repeated > 0)
    return {
      verdict: 'repeats',
      repeated,
      sentence: `It is resumed, and ${counted(repeated, 'event')} came a second time.`,
    };
  const last = numbers.at(-1);
  if (last === undefined || nextNumber === undefined || !isConsecutive(numbers))
    return {
      verdict: 'unclear',
      repeated,
      sentence:
        'It is resumed, and no event came twice; without numbers in its ids it cannot be said whether any is lost.',
    };
  const lost = Math.max(0, nextNumber - last - 1);
  return lost > 0
    ? {
        verdict: 'loses',
        repeated,
        lost,
        sentence: `It is resumed, but ${counted(lost, 'event')} never came.`,
      }
    : {
        verdict: 'continues',
        repeated,
        lost,
        sentence: 'It is resumed with the next event: none is lost, none came twice.',
      };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function identity({ name = '', id = '', data }: WireEvent): string {
  return JSON.stringify([name, id, data]);
}

/** Digits at the end of the id, or the number that the event's JSON has. */
function numberOf({ id, data }: WireEvent): number | undefined {
  const digits =
    /(\d{1,15})$/.exec(id ?? '')?.[1] ?? /"sequence_number":\s*(\d{1,15})/.exec(data)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isConsecutive(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
}
