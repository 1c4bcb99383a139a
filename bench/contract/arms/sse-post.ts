// ChatGPT's form of an event stream: the response to a POST with a JSON request.

import { sse } from './sse.ts';
import { fetched, POST_HANDLER, postTexts } from './post.ts';
import type { TransportDescription } from './transport-description.ts';

const { specifiedReconnect: _eventSource, ...texts } = sse.texts;

/** It is written as SSE is. */
const named = (text: string): string => text.replace('**SSE', '**SSE after POST');

export const ssePost = {
  ...sse,
  title: 'SSE after POST',
  summary:
    'the event stream in the response to a POST with a JSON request, as the APIs of language models have it; resumed by GET',
  colour: '#1a5fb4',
  // Sessions of frames ask for their stream as EventSource does.
  capabilities: { ...sse.capabilities, upward: 'no', conversations: true },
  // EventSource cannot send a POST.
  inBrowser: { ...fetched, stream: 'a stream of SSE after POST' },
  twin: {
    ...sse.twin,
    writing: named(sse.twin.writing),
    otherWrites: { ...sse.twin.otherWrites, writing: named(sse.twin.otherWrites.writing) },
    handlerRuns: POST_HANDLER,
  },
  // As specified it is never repeated: fetch does not retry, and a POST must not be retried by
  // others (RFC 9110 §9.2.2).
  specifiedReconnect: undefined,
  texts: {
    ...texts,
    ...postTexts,
    recovery: [
      ...sse.texts.recovery,
      '**A POST does not come back by itself**: EventSource cannot send one, and fetch does not retry. Here a client asks again by GET, with the id that it chose for the' +
        ' stream, and `Last-Event-ID`: that is code of the application, not of the transport.',
    ],
  },
} as const satisfies TransportDescription;
