// SSE over the probe: GET, then an event stream in chunked coding, closed by the client once it is whole; or kept, as HTTP/1.1
// does unless either side says otherwise, for the next GET.

import type { Instant } from '../../bench/contract/units.ts';
import type { StreamTarget } from '../stream-client.ts';
import type { ByteReader, ProbeTransport, StreamReader, StreamSink } from './byte-reader.ts';
import { ChunkedReader } from './chunked-reader.ts';
import { asControlType } from '../control-message.ts';
import type { HttpHead } from './http-head.ts';
import { HttpResponseReader } from './http-response.ts';
import { authorityOf } from '../request-target.ts';
import { SseReader } from './sse-reader.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';

export const sse: ProbeTransport = (target, sink) => new SseStream(target, sink);

class SseStream implements StreamReader {
  #target: StreamTarget;
  readonly #sink: StreamSink;
  #response: HttpResponseReader;
  /** Once accepted, bytes go to it directly: with thousands of streams each object on the way is a cache miss a token. */
  #chunks: ChunkedReader | undefined;
  #isDone = false;
  isKept: boolean;

  constructor(target: StreamTarget, sink: StreamSink) {
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
    this.#chunks = undefined;
    this.#isDone = false;
    return this.start();
  }

  start(): string {
    const { path, resumeAfter } = this.#target;
    return (
      `GET ${path} HTTP/1.1\r\nHost: ${authorityOf(this.#target)}\r\n` +
      'Accept: text/event-stream\r\nCache-Control: no-cache\r\n' +
      `${resumeAfter === undefined ? '' : `Last-Event-ID: ${resumeAfter}\r\n`}\r\n`
    );
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#chunks === undefined) this.#response.push(buffer, start, end, at);
    else this.#chunks.push(buffer, start, end, at);
  }

  endedBy(error: NodeJS.ErrnoException | undefined): StreamFailure {
    return this.#response.endedBy(error, this.#isDone ? 'before the last chunk' : 'before `done`');
  }

  #accept(head: HttpHead, at: Instant): ByteReader {
    checkEventStream(head);
    if (closesConnection(head)) this.isKept = false;
    this.#sink.accept(head.headBytes, at);
    const events = new SseReader((name, buffer, start, end, readAt) => {
      if (name === '' || name === 'message') {
        this.#sink.token(buffer, start, end, readAt);
      } else {
        const type = asControlType(name);
        if (type === 'done') this.#isDone = true;
        this.#sink.control(type, buffer.toString('utf8', start, end), readAt);
      }
    });
    this.#chunks = new ChunkedReader(events, (endedAt) => {
      if (!this.#isDone) throw new StreamFailure('closed-early', 'the response ended before `done`');
      this.#sink.end(endedAt);
    });
    return this.#chunks;
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

function checkEventStream({ fields }: HttpHead): void {
  const type = fields.get('content-type') ?? 'none';
  if (type.split(';')[0]?.trim().toLowerCase() !== 'text/event-stream') {
    throw protocolFailure(`content-type is ${type}, not text/event-stream`);
  }
  const encoding = fields.get('content-encoding');
  if (encoding !== undefined) throw protocolFailure(`content-encoding is ${encoding}, which was not asked for`);
  const coding = fields.get('transfer-encoding');
  if (coding?.toLowerCase() !== 'chunked') {
    throw protocolFailure(
      `transfer-encoding is ${coding ?? 'none'}, not chunked: the end of such a stream cannot be told from its loss (RFC 9112 §8)`,
    );
  }
}
