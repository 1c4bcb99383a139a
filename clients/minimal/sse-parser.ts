// SSE by fetch, read with eventsource-parser.

import { askByGet } from './ask-by-get.ts';
import { receiveFetched } from './fetched-stream.ts';
import { parseWithLibrary } from './parse-with-library.ts';
import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveFetched(request, onToken, { ask: askByGet(request), parse: parseWithLibrary });
