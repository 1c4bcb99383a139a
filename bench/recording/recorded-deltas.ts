// What a replay takes from a recorded stream: the text of each event that brought any, and when it
// came. Events without text (roles, pings, usage) are the dialect's and not replayed.

import { DialectWatch } from '../contract/dialect-watch.ts';
import type { Sign } from '../contract/dialects/dialect.ts';
import { BenchError } from '../contract/errors.ts';
import { decodeEvent } from '../contract/recording/event-text.ts';
import type { StreamRecord } from '../contract/recording/stream-record.ts';

export interface RecordedDeltas {
  readonly tokens: readonly string[];
  /** ns after the request was sent, never falling: those of one read are equal. */
  readonly offsetsNs: readonly number[];
}

/** The stream cannot be replayed for this reason: a predicate with the stream as its subject. */
export interface NotReplayable {
  readonly why: string;
}

/**
 * @param place Begins an error: the file and the line. @throws BenchError WORKLOAD for times that
 * fall, and for text that is no Unicode.
 */
export function deltasOf(record: StreamRecord, place: string): RecordedDeltas | NotReplayable {
  const { head, dialect, events, withheld, sentNs = 0 } = record;
  if (withheld !== undefined) return { why: 'was recorded without its events' };
  if (head === undefined || head.framing === 'other') return { why: 'is no stream of events' };
  if (dialect === 'pointers')
    return { why: 'is of a dialect of JSON pointers, which a recording does not hold' };
  const watch = new DialectWatch({ headers: head.headers, framing: head.framing, dialect });
  for (const event of events) watch.read(decodeEvent(event, head.framing));
  if (!(record.isWhole ?? watch.reader.judge(record.end, { hasHalfEvent: false }).isWhole))
    return { why: 'did not arrive whole' };
  const tokens: string[] = [];
  const offsetsNs: number[] = [];
  let lastNs = 0;
  let half = '';
  for (const [index, [ns]] of events.entries()) {
    if (ns < lastNs)
      throw new BenchError(
        'WORKLOAD',
        `${place}: event ${index + 1} is at ${ns} ns, before the event ahead of it at ${lastNs} ns`,
        { hint: 'the times of a recording count from its arrivalNs and never fall' },
      );
    lastNs = ns;
    const text = half + textOf(watch.signs[index] ?? []);
    // An event may end in half a character, which UTF-8 cannot carry: it goes with the next one.
    half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : '';
    const whole = half === '' ? text : text.slice(0, -1);
    if (whole === '') continue;
    if (!whole.isWellFormed())
      throw new BenchError('WORKLOAD', `${place}: event ${index + 1} has half a character`);
    tokens.push(whole);
    offsetsNs.push(Math.max(0, Math.round(ns - sentNs)));
  }
  if (half !== '') throw new BenchError('WORKLOAD', `${place}: its text ends in half a character`);
  return tokens.length === 0 ? { why: 'brought no text' } : { tokens, offsetsNs };
}

function textOf(signs: readonly Sign[]): string {
  return signs.map((sign) => (sign.kind === 'token' ? sign.text : '')).join('');
}

/** Tokens an instant: 1 when each came in a read of its own. */
export function coalescingOf(offsetsNs: readonly number[]): number {
  return offsetsNs.length / new Set(offsetsNs).size;
}
