// NDJSON as a Node consumer reads it: undici's dispatch, and the text split at line ends. An empty
// line is a heartbeat.

import { renderStreamRequest } from '../../bench/contract/control-events.ts';
import { libraryHttpStream, type LibraryFormat } from './http-stream.ts';
import { splitLines } from './split-lines.ts';

const NDJSON = 'application/x-ndjson';

const streamed: LibraryFormat = {
  request: ({ path, resumeAfter }) => ({
    method: 'POST',
    path,
    headers: { accept: NDJSON, 'content-type': 'application/json' },
    body: renderStreamRequest(resumeAfter),
  }),
  contentType: NDJSON,
  body: 'chunked',
  parser: (stream, at) => splitLines((line) => stream.message(line, at())),
};

export const ndjson = libraryHttpStream(streamed);

export const buffered = libraryHttpStream({ ...streamed, body: 'whole' });
