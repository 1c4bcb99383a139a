// Event streams over HTTP/2 as a Node consumer reads them: requests on a session of node:http2 that
// streams share, and eventsource-parser.

import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Instant } from '../../bench/contract/units.ts';
import { errorName } from '../http2-errors.ts';
import { originOf } from '../request-target.ts';
import type { StreamClientOptions, StreamTarget } from '../stream-client.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';
import { openLibrarySocket, whenOpen } from './library-socket.ts';
import type { LibraryStream, OpenedStream } from './library-stream.ts';
import { Refusal } from './refusal.ts';
import { SharedSocket, type LibraryConnection, type OpenConnection } from './shared-connections.ts';
import { EVENT_STREAM, parseEvents } from './sse.ts';

const ALPN = 'h2';
/** node:http2 lets 100 run where the server sets no limit, and the next would wait for an end. */
const MOST_STREAMS = 2 ** 31 - 1;

export const sseHttp2: OpenConnection = (target, options) => new Http2Session(target, options);

class Http2Session implements LibraryConnection {
  readonly #shared: SharedSocket;
  readonly #session: ClientHttp2Session;
  #problem: StreamFailure | undefined;

  constructor(target: StreamTarget, options: StreamClientOptions) {
    const socket = openLibrarySocket(target, ALPN);
    this.#shared = new SharedSocket(socket, options);
    this.#session = connect(originOf(target), {
      createConnection: () => socket,
      peerMaxConcurrentStreams: MOST_STREAMS,
    });
    // Its streams are told.
    this.#session.on('error', () => {});
    if (target.tls !== undefined)
      whenOpen(socket, target, () => this.#checkProtocol(socket as TLSSocket));
  }

  #checkProtocol({ alpnProtocol }: TLSSocket): void {
    if (alpnProtocol === ALPN) return;
    this.#problem = protocolFailure(
      `the protocol agreed on is ${alpnProtocol || 'none'}, not ${ALPN}`,
    );
    this.close();
  }

  get takesStreams(): boolean {
    return !this.#session.closed && !this.#session.destroyed && !this.#shared.socket.destroyed;
  }

  open(stream: LibraryStream, target: StreamTarget): OpenedStream {
    this.#shared.carry(stream);
    const { path, resumeAfter } = target;
    const request = this.#session.request(
      {
        ':path': path,
        accept: EVENT_STREAM,
        'cache-control': 'no-cache',
        ...(resumeAfter !== undefined && { 'last-event-id': resumeAfter }),
      },
      { endStream: true },
    );
    return readResponse(request, stream, () => this.#problem ?? this.#shared.failure());
  }

  close(): void {
    this.#session.destroy();
    this.#shared.socket.destroy();
  }
}

/** @param whyLost Why the connection is over; undefined while it is whole. */
function readResponse(
  request: ClientHttp2Stream,
  stream: LibraryStream,
  whyLost: () => StreamFailure | undefined,
): OpenedStream {
  let at: Instant = stream.now();
  let bodyBytes = 0;
  let refusal: Refusal | undefined;
  let isOver = false;
  // The parser of an event stream strips the BOM; a decoder that did so too would strip two.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parser = parseEvents(stream, () => at);
  const cancel = (): void => {
    if (!isOver) request.close(constants.NGHTTP2_CANCEL);
  };
  const fail = (error: unknown): void => {
    stream.fail(error, stream.now());
    cancel();
  };
  const whyOver = (): StreamFailure => refusal?.failure() ?? whyLost() ?? resetFailure(request);

  request.on('response', (fields) => {
    const status = fields[':status'] ?? 0;
    if (status === 200) {
      const problem = describeMismatch(fields);
      if (problem === undefined) stream.accept(0, stream.now());
      else fail(protocolFailure(problem));
    } else refusal = new Refusal(status, '');
  });
  request.on('data', (chunk: Buffer) => {
    at = stream.now();
    if (refusal !== undefined) {
      refusal.add(chunk);
      return;
    }
    bodyBytes += chunk.length;
    try {
      parser.feed(decoder.decode(chunk, { stream: true }));
    } catch (error) {
      fail(error);
    }
  });
  // A stream that was reset ends, too.
  request.on('end', () => {
    isOver = true;
    const isWhole = request.rstCode === constants.NGHTTP2_NO_ERROR && refusal === undefined;
    if (isWhole) stream.end(stream.now(), { bytesRead: bodyBytes, headBytes: 0 });
    else stream.fail(whyOver(), stream.now());
  });
  request.on('error', (error: NodeJS.ErrnoException) =>
    stream.fail(whyLost() ?? describeError(error, request), stream.now()),
  );
  request.on('close', () => stream.fail(whyOver(), stream.now()));
  return {
    close: cancel,
    pause: () => void request.pause(),
    unpause: () => void request.resume(),
  };
}

type Fields = IncomingHttpHeaders & IncomingHttpStatusHeader;

function describeMismatch(fields: Fields): string | undefined {
  const type = fields['content-type'] ?? 'none';
  if (type.split(';')[0]?.trim().toLowerCase() !== EVENT_STREAM)
    return `content-type is ${type}, not ${EVENT_STREAM}`;
  const encoding = fields['content-encoding'];
  return encoding === undefined
    ? undefined
    : `content-encoding is ${encoding}, which was not asked for`;
}

/** The server has ended the stream, by a reset or with its connection. */
function resetFailure({ rstCode }: ClientHttp2Stream): StreamFailure {
  if (rstCode === constants.NGHTTP2_NO_ERROR)
    return new StreamFailure('closed-early', 'the stream was closed before `done`');
  const name = errorName(rstCode);
  return new StreamFailure(`h2-${name}`, `the server reset the stream (${name}) before \`done\``);
}

/** Keeps the system's codes as they are; node:http2 wraps those of the protocol. */
function describeError(error: NodeJS.ErrnoException, request: ClientHttp2Stream): StreamFailure {
  const { code = 'protocol', message } = error;
  if (code === 'ERR_HTTP2_STREAM_ERROR') return resetFailure(request);
  return new StreamFailure(code.startsWith('ERR_HTTP2_') ? 'protocol' : code, message);
}
