// SSE as a Node consumer reads it: undici's dispatch and eventsource-parser.

import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import type { Dispatcher } from 'undici';
import { MIB } from '../../bench/contract/units.ts';
import { asControlType } from '../control-message.ts';
import { protocolFailure } from '../stream-failure.ts';
import { countHeadBytes } from './head-bytes.ts';
import type { LibraryStream, OpenStream } from './library-stream.ts';
import { Refusal } from './refusal.ts';
import { describeError, openStreamConnection } from './undici-client.ts';

const MAX_EVENT_CHARACTERS = MIB;

export const sse: OpenStream = (stream, target) => {
  const { path, resumeAfter } = target;
  // Streams may be idle for any time, while undici's default timeout is 300 s; and an attempt to connect waits as long as on the
  // other transports, while undici's default timeout is 10 s.
  const { client, close } = openStreamConnection(stream, target, { connectMs: 0, headersMs: 0, bodyMs: 0 });
  const response = new EventStreamResponse(stream);
  const fields = { accept: 'text/event-stream', 'cache-control': 'no-cache' };
  client.dispatch(
    { method: 'GET', path, headers: resumeAfter === undefined ? fields : { ...fields, 'last-event-id': resumeAfter } },
    response,
  );
  return { close, pause: () => response.pause(), unpause: () => response.unpause() };
};

class EventStreamResponse implements Dispatcher.DispatchHandler {
  readonly #stream: LibraryStream;
  #refusal: Refusal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #isPaused = false;
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

  /** The stream is connected. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isPaused) controller.pause();
  }

  pause(): void {
    this.#isPaused = true;
    this.#controller?.pause();
  }

  unpause(): void {
    this.#isPaused = false;
    this.#controller?.resume();
  }

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
