// The first events of an answer show its dialect.

import type { Seen, WireEvent } from './dialect.ts';
import { objectOf, parseJson } from './json-members.ts';

/** Events that are looked at: a dialect shows itself in the first ones. */
export const LOOKED_AT_EVENTS = 16;

/** The strongest evidence of all first events. `judge` gets the event's JSON object, if it is one. */
export function strongest(
  { events }: Seen,
  judge: (json: Readonly<Record<string, unknown>> | undefined, event: WireEvent) => 0 | 1 | 2,
): 0 | 1 | 2 {
  let most: 0 | 1 | 2 = 0;
  for (const event of events.slice(0, LOOKED_AT_EVENTS)) {
    const json = parseJson(event.data);
    // A batch of messages is of the dialect of its first one.
    const found = judge(objectOf(Array.isArray(json) ? json[0] : json), event);
    if (found > most) most = found;
  }
  return most;
}
