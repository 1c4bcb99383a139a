// ChatGPT's form of an event stream: the response to a POST with a JSON request.

import { sse } from './sse.ts';
import type { TransportDescription } from './transport-description.ts';

const { specifiedReconnect: _eventSource, ...texts } = sse.texts;

export const ssePost = {
  ...sse,
  title: 'SSE after POST',
  summary:
    'the event stream in the response to a POST with a JSON request, as the APIs of language models have it; resumed by GET',
  colour: '#1a5fb4',
  // A page receives it by fetch: EventSource cannot send a POST.
  inBrowser: undefined,
  twin: {
    ...sse.twin,
    writing: `${sse.twin.writing.replace('**SSE**', '**SSE after POST**')} The handler runs once the JSON request is parsed and validated.`,
    handlerRuns: 'after the request body was parsed',
  },
  // As specified it is never repeated: fetch does not retry, and a POST must not be retried by
  // others (RFC 9110 §9.2.2).
  specifiedReconnect: undefined,
  texts: {
    ...texts,
    opening:
      'A POST carries a JSON request of some 90 bytes, which the server parses before it answers; a GET carries none.',
    recovery: [
      ...sse.texts.recovery,
      '**A POST does not come back by itself**: EventSource cannot send one, and fetch does not retry. Here a client asks again by GET, with the id that it chose for the' +
        ' stream, and `Last-Event-ID`: that is code of the application, not of the transport.',
    ],
  },
} as const satisfies TransportDescription;
