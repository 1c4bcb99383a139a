// A stream in the response to an HTTP/1.1 request over the probe: request, head, decoded body,
// closed by the client once it is whole; or kept, as HTTP/1.1 does unless either side says
// otherwise, for the next request. What differs between the transports that stream over HTTP is an
// `HttpFormat`.

import type { Instant } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import type {
  BodyReader,
  ByteReader,
  ProbeTransport,
  StreamReader,
  StreamSink,
} from './byte-reader.ts';
import { ChunkedReader } from './chunked-reader.ts';
import type { HttpHead } from './http-head.ts';
import { HttpResponseReader } from './http-response.ts';
import { LengthReader } from './length-reader.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';

export interface HttpFormat {
  /** The request, latin1. */
  readonly request: (target: StreamTarget) => string;
  readonly contentType: string;
  /** The content coding that the request accepts and the response must have; absent for none. */
  readonly contentEncoding?: string;
  /**
   * A whole answer states its length; a stream is chunked, unless a proxy had all of it: its end
   * could not be told from its loss otherwise (RFC 9112 §8).
   */
  readonly body: 'chunked' | 'whole';
  /**
   * Makes the reader of the body, its transfer coding taken off; it calls `onDone` when the stream
   * has said that it is over.
   */
  readonly reader: (sink: StreamSink, onDone: () => void) => BodyReader;
}

export function httpStream(format: HttpFormat): ProbeTransport {
  return (target, sink) => new HttpStream(format, target, sink);
}

class HttpStream implements StreamReader {
  readonly #format: HttpFormat;
  #target: StreamTarget;
  readonly #sink: StreamSink;
  #response: HttpResponseReader;
  /**
   * Once accepted, bytes go to it directly: with thousands of streams each object on the way is a
   * cache miss a token.
   */
  #body: ByteReader | undefined;
  #isDone = false;
  isKept: boolean;

  constructor(format: HttpFormat, target: StreamTarget, sink: StreamSink) {
    this.#format = format;
    this.#target = target;
    this.#sink = sink;
    this.#response = this.#awaitResponse();
    this.isKept = target.kept !== undefined;
  }

  #awaitResponse(): HttpResponseReader {
    return new HttpResponseReader({ status: 200, accept: (head, at) => this.#accept(head, at) });
  }

  next(target: StreamTarget): string {
    this.#target = target;
    this.#response = this.#awaitResponse();
    this.#body = undefined;
    this.#isDone = false;
    return this.start();
  }

  start(): string {
    return this.#format.request(this.#target);
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#body === undefined) this.#response.push(buffer, start, end, at);
    else this.#body.push(buffer, start, end, at);
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    return this.#response.endedBy(error, this.#isDone ? 'before the last chunk' : 'before `done`');
  }

  #accept(head: HttpHead, at: Instant): ByteReader {
    const lengthBytes = checkHead(head, this.#format);
    if (closesConnection(head)) this.isKept = false;
    this.#sink.accept(head.headBytes, at);
    const content = this.#format.reader(this.#sink, () => {
      this.#isDone = true;
    });
    const onEnd = (endedAt: Instant): void => {
      if (!this.#isDone)
        throw new StreamFailure('closed-early', 'the response ended before `done`');
      content.end?.();
      this.#sink.end(endedAt);
    };
    this.#body =
      lengthBytes === undefined
        ? new ChunkedReader(content, onEnd)
        : new LengthReader(content, lengthBytes, onEnd);
    return this.#body;
  }
}

/** RFC 9112 §9.6: no further request may be sent then. */
function closesConnection({ fields }: HttpHead): boolean {
  const options = fields
    .get('connection')
    ?.toLowerCase()
    .split(/[\s,]+/);
  return options?.includes('close') === true;
}

/** Returns the length of a body that states it; undefined for a chunked one. @throws StreamFailure */
function checkHead(
  { fields }: HttpHead,
  { contentType, contentEncoding, body }: HttpFormat,
): number | undefined {
  const type = fields.get('content-type') ?? 'none';
  if (type.split(';')[0]?.trim().toLowerCase() !== contentType)
    throw protocolFailure(`content-type is ${type}, not ${contentType}`);
  const encoding = fields.get('content-encoding');
  if (encoding?.toLowerCase() !== contentEncoding) {
    throw protocolFailure(
      contentEncoding === undefined
        ? `content-encoding is ${encoding}, which was not asked for`
        : `content-encoding is ${encoding ?? 'none'}, not ${contentEncoding}`,
    );
  }
  const coding = fields.get('transfer-encoding');
  const length = fields.get('content-length');
  // A proxy that had all of a stream before it sent any may state its length.
  if (body === 'whole' || (coding === undefined && length !== undefined))
    return parseLength(length, coding);
  if (coding?.toLowerCase() !== 'chunked') {
    throw protocolFailure(
      `transfer-encoding is ${coding ?? 'none'}, not chunked: the end of such a stream cannot be told from its loss (RFC 9112 §8)`,
    );
  }
  return undefined;
}

/** RFC 9112 §6.2, §6.3. */
function parseLength(length: string | undefined, coding: string | undefined): number {
  if (coding !== undefined)
    throw protocolFailure(`transfer-encoding is ${coding}, but a whole answer states its length`);
  if (length === undefined || !/^\d{1,15}$/.test(length))
    throw protocolFailure(`content-length is ${length ?? 'none'}, not a number of bytes`);
  return Number(length);
}
