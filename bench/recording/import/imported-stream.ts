// A stream that an importer found in a trace of another tool, and its record.

import type { DialectId } from '../../contract/dialects/dialect-ids.ts';
import type { Framing, WireEvent } from '../../contract/dialects/dialect.ts';
import { BenchError } from '../../contract/errors.ts';
import { encodeEvent } from '../../contract/recording/event-text.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { withoutCredentials } from '../request-secrets.ts';

export type TimedEvent = readonly [ns: number, event: WireEvent];

export interface ImportedStream {
  /** ns after the first stream of the trace. */
  readonly arrivalNs: number;
  readonly startedAt?: string;
  readonly framing: Framing;
  /** Absent to find it out. */
  readonly dialect?: DialectId;
  readonly request?: NonNullable<StreamRecord['request']>;
  /** When the request had been sent, ns after the stream was asked for; absent where not known. */
  readonly sentNs?: number;
  /** ns after the stream was asked for, never falling. */
  readonly events: readonly TimedEvent[];
  readonly text: NonNullable<StreamRecord['imported']>['text'];
  readonly end: StreamRecord['end'];
}

/** Reads one format: the streams of a trace, in its order. */
export type Importer = (path: string) => AsyncIterable<ImportedStream>;

const contentTypes: Record<Framing, string> = {
  'event-stream': 'text/event-stream',
  lines: 'application/x-ndjson',
  messages: '',
};

/** @param place Begins an error. @throws BenchError WORKLOAD for times that fall or are negative. */
export function recordOfImport(
  stream: ImportedStream,
  { from, place }: { readonly from: string; readonly place: string },
): StreamRecord {
  const { arrivalNs, startedAt, framing, dialect, request, sentNs, events, text, end } = stream;
  checkTimes(events, place);
  return {
    version: 1,
    arrivalNs,
    ...(startedAt !== undefined && { startedAt }),
    ...(dialect !== undefined && { dialect }),
    ...(request !== undefined && { request: withoutCredentials(request) }),
    head: {
      status: framing === 'messages' ? 101 : 200,
      httpVersion: '1.1',
      headers: {},
      contentType: contentTypes[framing],
      framing,
    },
    ...(sentNs !== undefined && { sentNs }),
    events: events.map(([ns, event]) => encodeEvent(ns, event, { framing })),
    reads: readsOf(events),
    end,
    imported: { from, text, reads: 'by-equal-times' },
  };
}

function checkTimes(events: readonly TimedEvent[], place: string): void {
  let last = 0;
  for (const [index, [ns]] of events.entries()) {
    if (!Number.isFinite(ns) || ns < last)
      throw new BenchError(
        'WORKLOAD',
        ns < 0 || !Number.isFinite(ns)
          ? `${place}: event ${index + 1} is at ${ns} ns, before the stream was asked for`
          : `${place}: event ${index + 1} is at ${ns} ns, before the event ahead of it at ${last} ns`,
        { hint: 'a trace is read only where its times never fall' },
      );
    last = ns;
  }
}

/** Events of one time are taken for one read. */
export function readsOf(events: readonly TimedEvent[]): [number, number][] {
  const bytes = new Map<number, number>();
  for (const [ns, { data }] of events)
    bytes.set(ns, (bytes.get(ns) ?? 0) + Buffer.byteLength(data));
  return [...bytes];
}
