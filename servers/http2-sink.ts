// Sends a stream in the response to an HTTP/2 request, on the stream of node:http2 under
// reply.hijack().

import { constants, type ServerHttp2Stream } from 'node:http2';
import type { EventFormat } from './http-sink.ts';
import { textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';

interface Http2SinkOptions {
  readonly head: Readonly<Record<string, string>>;
  readonly format: EventFormat;
}

export function http2Sink(
  stream: ServerHttp2Stream,
  { head, format }: Http2SinkOptions,
): StreamSink {
  stream.on('error', () => stream.destroy());
  // Leaves at the end of this turn, whether a token follows or not.
  stream.respond({ ':status': 200, ...head });
  let bodyBytes = 0;
  const counted = (text: string): string => {
    bodyBytes += Buffer.byteLength(text);
    return text;
  };
  const write = (text: string): void => {
    if (!stream.writableEnded && !stream.destroyed) stream.write(counted(text));
  };
  const end = (text: string): void => {
    if (!stream.writableEnded && !stream.destroyed) stream.end(counted(text));
  };
  return {
    channel: stream,
    // Heads and frames are made by the library, and its socket counts those of all streams: they
    // are counted where they arrive.
    headBytes: 0,
    bytesWritten: () => bodyBytes,
    onClose: (callback) => void stream.once('close', callback),
    open: (event) => write(format.open(event)),
    message: (message) => write(format.message(message)),
    token: (sequence, payload) => write(format.token(sequence, textOf(payload))),
    done: (event) => end(format.done(event)),
    gap: (event) => write(format.gap(event)),
    heartbeat: () => write(format.heartbeat),
    isAnswering: () => undefined,
    bye: () => {
      end(format.bye);
      // GOAWAY: the streams that run may end, and no other begins.
      stream.session?.close();
    },
    replaced: () => stream.close(constants.NGHTTP2_CANCEL),
    abort: () => stream.close(constants.NGHTTP2_CANCEL),
    // A comment would be part of a DATA frame, and nothing else is undeclared.
    writeUndeclared: () => 0,
  };
}
