// Sends a stream in the response to an HTTP/1.1 request, on the raw response under reply.hijack().
// How an event is written is the transport's; everything else about the response is the same for
// all of them.

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { DoneEvent, GapEvent, OpenEvent } from '../bench/contract/control-events.ts';
import type { Payload } from '../bench/contract/payload.ts';
import type { ApiMessage } from '../bench/contract/payloads/payload-profile.ts';
import type { Writes } from '../bench/contract/arms/writes.ts';
import { textOf } from './payload-forms.ts';
import type { StreamSink } from './stream-sink.ts';

/** The text of each event, as it goes into the body. */
export interface EventFormat {
  readonly open: (event: OpenEvent) => string;
  readonly message: (message: ApiMessage) => string;
  readonly token: (sequence: number, payload: string) => string;
  readonly done: (event: DoneEvent) => string;
  readonly gap: (event: GapEvent) => string;
  readonly heartbeat: string;
  readonly bye: string;
}

interface HttpSinkOptions {
  readonly head: Readonly<Record<string, string>>;
  readonly format: EventFormat;
  readonly writes?: Writes | undefined;
  /** Whether the body is compressed, and the compressor flushed after each event. */
  readonly isCompressed?: boolean;
}

export function httpSink(
  response: ServerResponse,
  { head, format, writes, isCompressed = false }: HttpSinkOptions,
): StreamSink {
  const socket = response.socket as Socket;
  response.on('error', () => socket.destroy());
  const bytesBefore = socket.bytesWritten;
  response.writeHead(
    200,
    isCompressed ? { ...head, 'content-encoding': 'gzip', vary: 'accept-encoding' } : head,
  );
  // The head leaves alone and at once: a receiver's `open` must not wait for the first token.
  response.flushHeaders();
  const headBytes = socket.bytesWritten - bytesBefore;
  const gzip = isCompressed ? compress(response) : undefined;
  const body = gzip ?? response;
  const write = (text: string): void => void body.write(text);
  // node:http corks all writes of one turn into one writev at its end, where ws writes each message
  // at once: the idiomatic form of both, and the cause of HTTP's few µs more on the way to the
  // wire.
  const writeToken = (sequence: number, payload: Payload): void =>
    void body.write(format.token(sequence, textOf(payload)));
  // node:http does not cork a socket that is corked already, so the token leaves at once.
  const writeAtOnce = (sequence: number, payload: Payload): void => {
    socket.cork();
    writeToken(sequence, payload);
    socket.uncork();
  };
  return {
    channel: gzip ?? socket,
    headBytes,
    bytesWritten: () => socket.bytesWritten - bytesBefore,
    onClose: (callback) => void response.once('close', callback),
    open: (event) => write(format.open(event)),
    message: (message) => write(format.message(message)),
    token: writes === 'at-once' ? writeAtOnce : writeToken,
    done: (event) => void body.end(format.done(event)),
    gap: (event) => write(format.gap(event)),
    heartbeat: () => write(format.heartbeat),
    // No client answers a byte of a response, while every WebSocket answers a ping.
    isAnswering: () => undefined,
    bye: () => {
      body.end(format.bye);
      // Otherwise the connection would be kept for another request.
      if (gzip === undefined) socket.end();
      else response.once('finish', () => socket.end());
    },
    // HTTP cannot state the reason once the response has begun, while WebSocket has a close code.
    replaced: () => void socket.destroy(),
    abort: () => void socket.destroy(),
    writeUndeclared: () =>
      socket.destroyed || isCompressed ? 0 : writeChunk(socket, format.heartbeat),
  };
}

/**
 * The default level and memory of zlib, flushed after each write, so that each event can be read as
 * soon as it arrives.
 */
function compress(response: ServerResponse): Gzip {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(response);
  response.once('close', () => gzip.destroy());
  return gzip;
}

/** Queued behind what was written in this turn, and whole, so no chunk is torn. */
function writeChunk(socket: Socket, text: string): number {
  const chunk = `${text.length.toString(16)}\r\n${text}\r\n`;
  socket.write(chunk);
  return chunk.length;
}
