// NDJSON over HTTP/1.1: a POST whose response has one JSON value a line, as it is generated or,
// `buffered`, when all of it is.

import type { ByteReader, StreamSink } from './byte-reader.ts';
import { controlTypeOf, isControlMessage } from '../control-message.ts';
import { postRequest } from '../request-target.ts';
import { httpStream, type HttpFormat } from './http-stream.ts';
import { LineReader } from './line-reader.ts';

const NDJSON = 'application/x-ndjson';

function readLines(sink: StreamSink, onDone: () => void): ByteReader {
  return new LineReader((buffer, start, end, at) => {
    // An empty line is a heartbeat.
    if (start === end) return;
    if (!isControlMessage(buffer, start, end)) {
      sink.token(buffer, start, end, at);
      return;
    }
    const text = buffer.toString('utf8', start, end);
    const type = controlTypeOf(text);
    if (type === 'done') onDone();
    sink.control(type, text, at);
  });
}

const format: HttpFormat = {
  request: (target) => postRequest(target, { accept: NDJSON }),
  contentType: NDJSON,
  body: 'chunked',
  reader: readLines,
};

export const ndjson = httpStream(format);

export const buffered = httpStream({ ...format, body: 'whole' });
