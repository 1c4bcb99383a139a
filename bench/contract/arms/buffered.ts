// The whole answer at once: what a client of an API that does not stream waits for.

import { ndjson } from './ndjson.ts';
import { tcp } from './tcp.ts';
import type { TransportDescription } from './transport-description.ts';

export const buffered = {
  ...ndjson,
  title: 'Not streamed',
  summary:
    'the body of ndjson, sent with its length once all of it is generated: what streaming buys',
  colour: '#9a6dd7',
  route: (streamId) => `/v1/buffered/${streamId}`,
  bytes: tcp.bytes,
  inBrowser: undefined,
  capabilities: { ...ndjson.capabilities, incremental: false, resumable: 'no' },
  twin: {
    library: 'node:http',
    writing:
      '**Not streamed** keeps every token until the last is generated, and sends head and body then. Its tokens all wait for the last one: that is the arm, not its cost.',
    handlerRuns: ndjson.twin.handlerRuns,
    openStream: 'An open request keeps the text that was generated so far.',
  },
  texts: {
    opening: ndjson.texts.opening,
    recovery: [
      'An answer that is not streamed is lost as a whole, and asked for again from its beginning.',
    ],
  },
} as const satisfies TransportDescription;
