// Reads an event stream with eventsource-parser.

import { EventSourceParserStream } from 'eventsource-parser/stream';

export function parseWithLibrary(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncIterable<{ readonly data: string }> {
  return body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}
