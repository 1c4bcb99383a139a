// Asks for a stream by a POST with a prompt, as clients of language models do. Its id makes the
// repeated request go on with the same generation.

import type { EventStreamFetch } from './fetched-stream.ts';
import type { StreamRequest } from './resuming.ts';

const PROMPT = 'Why does ChatGPT stream over SSE?';

export function askByPost({ origin, id }: StreamRequest): EventStreamFetch['ask'] {
  return async (after, signal) =>
    await fetch(`${origin}/streams`, {
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        'last-event-id': String(after),
      },
      body: JSON.stringify({ id, prompt: PROMPT }),
      signal,
    });
}
