// The event streams of language-model APIs and of web frameworks as streams of known meaning for the
// receivers. Most are answers to a POST, which an EventSource cannot send: here all are asked for by
// GET, so that only the parsers are compared.

import { dialectIds, type DialectId } from '../../bench/contract/dialects/dialects.ts';
import type { WireEvent } from '../../bench/contract/dialects/dialect.ts';
import type { DialectVector } from '../../bench/contract/dialects/vectors/dialect-vector.ts';
import { dialectVectors } from '../../bench/contract/dialects/vectors/vectors.ts';
import type { SeenEvent, Vector } from './vector.ts';

const DEFAULT_TYPE = 'message';

/** The events as an EventSource fires them: the last id holds until there is another. */
function seenEvents(events: DialectVector['events'] = []): readonly SeenEvent[] {
  let lastEventId = '';
  return events.map((written) => {
    const event: WireEvent = typeof written === 'string' ? { data: written } : written;
    lastEventId = event.id ?? lastEventId;
    return [event.name ?? DEFAULT_TYPE, event.data, lastEventId];
  });
}

function vectorOf(id: DialectId, dialectVector: DialectVector): Vector {
  const { name, what, wire, retryMs } = dialectVector;
  const events = seenEvents(dialectVector.events);
  const lastEventId = dialectVector.lastEventId ?? events.at(-1)?.[2] ?? '';
  return {
    name: `${id}/${name}`,
    rule: what,
    stream: wire as string | Uint8Array,
    events,
    ...(lastEventId !== '' && { lastEventId }),
    ...(retryMs !== undefined && { retryMs }),
  };
}

/** Their names begin with that of their dialect; `rule` says whose servers send them. */
export const dialectStreams: readonly Vector[] = dialectIds.flatMap((id) =>
  dialectVectors[id]
    .filter(({ framing }) => framing === 'event-stream')
    .map((dialectVector) => vectorOf(id, dialectVector)),
);

/** A page that sets `onmessage` and listens for no name hears this of a stream. */
export function heardUnnamed({ events }: Vector): readonly SeenEvent[] {
  return events.filter(([type]) => type === DEFAULT_TYPE);
}
