// SSE after a POST, without a library.

import { askByPost } from './ask-by-post.ts';
import { parseEventStream } from './event-stream-parser.ts';
import { receiveFetched } from './fetched-stream.ts';
import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveFetched(request, onToken, { ask: askByPost(request), parse: parseEventStream });
