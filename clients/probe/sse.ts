// Event streams over HTTP/1.1: the response to a GET, or to a POST with a JSON request as the APIs
// of language models have it, as it is or compressed.

import type { Instant } from '../../bench/contract/units.ts';
import type { StreamSink, UnitReader } from './byte-reader.ts';
import {
  asControlType,
  carriesPayload,
  controlTypeOf,
  isControlMessage,
} from '../control-message.ts';
import { getRequest, postRequest } from '../request-target.ts';
import type { ControlType } from '../stream-client.ts';
import { httpStream, type HttpFormat } from './http-stream.ts';
import { InflateReader } from './inflate-reader.ts';
import { SseReader } from './sse-reader.ts';

export const EVENT_STREAM = 'text/event-stream';

export function readEvents(
  sink: Pick<StreamSink, 'token' | 'control'>,
  onDone: () => void,
): UnitReader {
  const hearControl = (type: ControlType, text: string, at: Instant): void => {
    if (type === 'done') onDone();
    sink.control(type, text, at);
  };
  return new SseReader((name, buffer, start, end, at) => {
    if (!carriesPayload(name)) {
      hearControl(asControlType(name), buffer.toString('utf8', start, end), at);
    } else if (isControlMessage(buffer, start, end)) {
      // An API's event stream does not name it.
      const text = buffer.toString('utf8', start, end);
      hearControl(controlTypeOf(text), text, at);
    } else {
      sink.token(buffer, start, end, at);
    }
  });
}

const plain: HttpFormat = {
  request: (target) => getRequest(target, { accept: EVENT_STREAM }),
  contentType: EVENT_STREAM,
  body: 'chunked',
  reader: readEvents,
};

export const sse = httpStream(plain);

/**
 * A receiver that resumes asks by GET: the generation exists, and a second POST would ask for it
 * again.
 */
export const ssePost = httpStream({
  ...plain,
  request: (target) =>
    target.resumeAfter === undefined
      ? postRequest(target, { accept: EVENT_STREAM })
      : plain.request(target),
});

export const sseGzip = httpStream({
  ...plain,
  request: (target) => getRequest(target, { accept: EVENT_STREAM, acceptEncoding: 'gzip' }),
  contentEncoding: 'gzip',
  reader: (sink, onDone) => new InflateReader(readEvents(sink, onDone)),
});
