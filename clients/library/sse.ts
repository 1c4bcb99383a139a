// SSE as a Node consumer reads it: undici's dispatch and eventsource-parser.
//
// Each stream has a Client of its own. An Agent would make one for every concurrent stream too, but would not say which
// socket a stream is on, and would send the next stream down a connection that this one has finished with.

import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { MIB } from '../../bench/contract/units.ts';
import { asControlType } from '../control-message.ts';
import { authorityOf } from '../request-target.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';
import { countHeadBytes } from './head-bytes.ts';
import type { LibraryStream, OpenStream } from './library-stream.ts';
import { Refusal } from './refusal.ts';

const MAX_EVENT_CHARACTERS = MIB;

export const sse: OpenStream = (stream, target) => {
  const connector = buildConnector({ allowH2: false });
  const client = new Client(`http://${authorityOf(target)}`, {
    allowH2: false,
    // One request at a time; 0 would mean the same, but ask the server to close.
    pipelining: 1,
    // Streams may be idle for as long as they like; undici's defaults are 300 s.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
    connect: (options, callback) =>
      connector(options, (...result) => {
        const at = stream.now();
        if (result[0] === null) stream.connected(result[1], at);
        callback(...result);
      }),
  });
  client.dispatch(
    { method: 'GET', path: target.path, headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' } },
    new EventStreamResponse(stream),
  );
  // Closes the socket at once; a socket that is still connecting is closed as soon as it is connected.
  return () => void client.destroy();
};

class EventStreamResponse implements Dispatcher.DispatchHandler {
  readonly #stream: LibraryStream;
  #refusal: Refusal | undefined;
  #at;
  // The parser strips the BOM; a decoder that did so too would strip two.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parser: EventSourceParser;

  constructor(stream: LibraryStream) {
    this.#stream = stream;
    this.#at = stream.now();
    this.#parser = createParser({
      maxBufferSize: MAX_EVENT_CHARACTERS,
      onEvent: ({ event, data }) => {
        if (event === undefined || event === 'message') stream.token(data, this.#at);
        else stream.control(asControlType(event), data, this.#at);
      },
      onError: (error: ParseError) => {
        // The other kinds are unknown fields and bad retry values, which an event stream may contain.
        if (error.type === 'max-buffer-size-exceeded') throw protocolFailure(error.message);
      },
    });
  }

  /** Nothing to do, but undici tells by this method that its present interface is meant. */
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number, fields: Fields, reason = ''): void {
    const at = this.#stream.now();
    if (status < 200) return;
    if (status !== 200) {
      this.#refusal = new Refusal(status, reason);
      return;
    }
    const problem = describeMismatch(fields);
    if (problem !== undefined) {
      this.#fail(controller, protocolFailure(problem), at);
      return;
    }
    const rawFields = ((controller.rawHeaders ?? []) as Buffer[]).map((part) => part.toString('latin1'));
    this.#stream.accept(countHeadBytes({ status, reason, rawFields }), at);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#at = this.#stream.now();
    if (this.#refusal !== undefined) {
      this.#refusal.add(chunk);
      if (this.#refusal.isFull) this.#fail(controller, this.#refusal.failure(), this.#at);
      return;
    }
    try {
      this.#parser.feed(this.#decoder.decode(chunk, { stream: true }));
    } catch (error) {
      this.#fail(controller, error, this.#at);
    }
  }

  onResponseEnd(): void {
    const at = this.#stream.now();
    if (this.#refusal === undefined) this.#stream.end(at);
    else this.#stream.fail(this.#refusal.failure(), at);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    const at = this.#stream.now();
    this.#stream.fail(this.#refusal?.failure() ?? describeError(error), at);
  }

  #fail(controller: Dispatcher.DispatchController, error: unknown, at = this.#at): void {
    this.#stream.fail(error, at);
    controller.abort(new Error('the stream failed'));
  }
}

type Fields = Record<string, string | string[] | undefined>;

function describeMismatch(fields: Fields): string | undefined {
  const type = joined(fields['content-type']) ?? 'none';
  if (!/^text\/event-stream\s*(;|$)/i.test(type)) return `content-type is ${type}, not text/event-stream`;
  const coding = joined(fields['transfer-encoding']) ?? 'none';
  if (coding.toLowerCase() !== 'chunked') return `transfer-encoding is ${coding}, not chunked`;
  const encoding = joined(fields['content-encoding']);
  return encoding === undefined ? undefined : `content-encoding is ${encoding}, which was not asked for`;
}

const joined = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value);

/** undici's own codes and llhttp's, in the words of this project; the system's (ECONNRESET …) as they are. */
function describeError(error: NodeJS.ErrnoException): StreamFailure {
  const { code = 'protocol', message } = error;
  if (code === 'UND_ERR_SOCKET' || code === 'HPE_INVALID_EOF_STATE') return new StreamFailure('closed-early', message);
  return new StreamFailure(code.startsWith('HPE_') ? 'protocol' : code, message);
}
