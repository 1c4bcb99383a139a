// SSE as undici's own EventSource reads it.

import { EventSource } from 'undici';
import { openEventSources } from './event-source-stream.ts';

/**
 * Delivers tokens through onTokenText, never onTokenBytes, and reports lost connections through
 * onLost.
 */
export const openUndiciEventSourceClient = openEventSources(
  'undici-eventsource',
  (url, dispatcher) => new EventSource(url, { node: { dispatcher } }),
);
