// What the transports that begin with a POST have in common in a report.

import { renderStreamRequest } from '../control-events.ts';

export const postTexts = {
  opening: `A POST carries a JSON request of ${renderStreamRequest().length} bytes, which the server parses before it answers; a GET carries none.`,
} as const;

export const POST_HANDLER = 'after the request body was parsed';
