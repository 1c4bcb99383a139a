// Event streams as a Node consumer reads them: undici's dispatch and eventsource-parser.

import { createParser, type ParseError } from 'eventsource-parser';
import { renderStreamRequest } from '../../bench/contract/control-events.ts';
import { MAX_MESSAGE_BYTES } from '../../bench/contract/payload.ts';
import { asControlType, carriesPayload } from '../control-message.ts';
import { protocolFailure } from '../stream-failure.ts';
import { libraryHttpStream, type LibraryFormat } from './http-stream.ts';

export const EVENT_STREAM = 'text/event-stream';

export const parseEvents: LibraryFormat['parser'] = (stream, at) =>
  createParser({
    maxBufferSize: MAX_MESSAGE_BYTES,
    onEvent: ({ event, data }) => {
      if (carriesPayload(event)) stream.message(data, at());
      else stream.control(asControlType(event), data, at());
    },
    onError: (error: ParseError) => {
      // The other kinds are unknown fields and bad retry values, which an event stream may
      // contain.
      if (error.type === 'max-buffer-size-exceeded') throw protocolFailure(error.message);
    },
  });

const plain: LibraryFormat = {
  request: ({ path, resumeAfter }) => {
    const fields = { accept: EVENT_STREAM, 'cache-control': 'no-cache' };
    return {
      method: 'GET',
      path,
      headers: resumeAfter === undefined ? fields : { ...fields, 'last-event-id': resumeAfter },
    };
  },
  contentType: EVENT_STREAM,
  body: 'chunked',
  parser: parseEvents,
};

export const sse = libraryHttpStream(plain);

/**
 * A receiver that resumes asks by GET: the generation exists, and a second POST would ask for it
 * again.
 */
export const ssePost = libraryHttpStream({
  ...plain,
  request: (target) => {
    if (target.resumeAfter !== undefined) return plain.request(target);
    const headers = { accept: EVENT_STREAM, 'content-type': 'application/json' };
    return { method: 'POST', path: target.path, headers, body: renderStreamRequest() };
  },
});

export const sseGzip = libraryHttpStream({
  ...plain,
  request: (target) => {
    const request = plain.request(target);
    return {
      ...request,
      headers: { ...(request.headers as Record<string, string>), 'accept-encoding': 'gzip' },
    };
  },
  contentEncoding: 'gzip',
});
