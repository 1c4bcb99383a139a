// What the transports that begin with a POST have in common in a report.

import { renderStreamRequest } from '../control-events.ts';
import { sse } from './sse.ts';

export const postTexts = {
  opening: `A POST carries a JSON request of ${renderStreamRequest().length} bytes, which the server parses before it answers; a GET carries none.`,
} as const;

/** In a page: a fetch, whose response is read as it comes. */
export const fetched = {
  ...sse.inBrowser,
  api: 'fetch',
  closing: 'A fetch is aborted at once.',
  connection:
    'The browser keeps the connection of a response that ended and may send the next request on it',
} as const;

export const POST_HANDLER = 'after the request body was parsed';
