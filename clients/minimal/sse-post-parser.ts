// SSE after a POST, read with eventsource-parser.

import { askByPost } from './ask-by-post.ts';
import { receiveFetched } from './fetched-stream.ts';
import { parseWithLibrary } from './parse-with-library.ts';
import type { ReceiveTokens } from './resuming.ts';

export const receive: ReceiveTokens = (request, onToken) =>
  receiveFetched(request, onToken, { ask: askByPost(request), parse: parseWithLibrary });
