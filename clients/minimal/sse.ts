// SSE by fetch, without a library.

import { askByGet } from './ask-by-get.ts';
import { parseEventStream } from './event-stream-parser.ts';
import { receiveFetched } from './fetched-stream.ts';
import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveFetched(request, onToken, { ask: askByGet(request), parse: parseEventStream });
