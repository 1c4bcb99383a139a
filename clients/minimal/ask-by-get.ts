// Asks for a stream as an EventSource does.

import type { EventStreamFetch } from './fetched-stream.ts';
import type { StreamRequest } from './resuming.ts';

export function askByGet({ origin, id }: StreamRequest): EventStreamFetch['ask'] {
  return async (after, signal) =>
    await fetch(`${origin}/streams/${id}`, {
      headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
      signal,
    });
}
