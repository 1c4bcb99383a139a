// SSE as the npm package eventsource reads it, over undici's fetch: Node's own fetch is a copy of
// that.

import { EventSource } from 'eventsource';
import { fetch } from 'undici';
import { openEventSources } from './event-source-stream.ts';

/**
 * Delivers tokens through onTokenText, never onTokenBytes, and reports lost connections through
 * onLost.
 */
export const openEventSourceClient = openEventSources(
  'eventsource',
  (url, dispatcher) =>
    new EventSource(url, { fetch: (input, init) => fetch(input, { ...init, dispatcher }) }),
);
