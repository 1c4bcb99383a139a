// A stream in the response to an HTTP/1.1 request as a Node consumer reads it: undici's dispatch,
// zlib where the body is compressed, text decoding, and a parser of the transport's events.

import { createGunzip, type Gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Instant } from '../../bench/contract/units.ts';
import { protocolFailure, StreamFailure } from '../stream-failure.ts';
import type { StreamTarget } from '../stream-client.ts';
import { countHeadBytes } from './head-bytes.ts';
import type { LibraryStream, OpenStream } from './library-stream.ts';
import { Refusal } from './refusal.ts';
import { describeError, openStreamConnection } from './undici-client.ts';

export interface LibraryFormat {
  readonly request: (
    target: StreamTarget,
  ) => Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'headers' | 'body'>;
  readonly contentType: string;
  readonly contentEncoding?: 'gzip';
  /** A stream is chunked; a whole answer states its length. */
  readonly body: 'chunked' | 'whole';
  /** Makes the parser of the decoded body; `at` is the stamp of the text that is fed. */
  readonly parser: (
    stream: LibraryStream,
    at: () => Instant,
  ) => { readonly feed: (text: string) => void };
}

export function libraryHttpStream(format: LibraryFormat): OpenStream {
  return (stream, target) => {
    // Streams may be idle for any time, while undici's default timeout is 300 s; and an attempt to
    // connect waits as long as on the other transports, while undici's default timeout is 10 s.
    const { client, close } = openStreamConnection(stream, target, {
      connectMs: 0,
      headersMs: 0,
      bodyMs: 0,
    });
    const response = new StreamResponse(stream, format);
    client.dispatch(format.request(target), response);
    return { close, pause: () => response.pause(), unpause: () => response.unpause() };
  };
}

class StreamResponse implements Dispatcher.DispatchHandler {
  readonly #stream: LibraryStream;
  readonly #format: LibraryFormat;
  #refusal: Refusal | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #isPaused = false;
  #at;
  // The parser of an event stream strips the BOM; a decoder that did so too would strip two.
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #parser: { readonly feed: (text: string) => void };
  readonly #gunzip: Gunzip | undefined;

  constructor(stream: LibraryStream, format: LibraryFormat) {
    this.#stream = stream;
    this.#format = format;
    this.#at = stream.now();
    this.#parser = format.parser(stream, () => this.#at);
    if (format.contentEncoding === 'gzip') this.#gunzip = this.#openGunzip();
  }

  /** Inflated bytes are stamped anew: with a compressed body, a consumer sees nothing before. */
  #openGunzip(): Gunzip {
    const gunzip = createGunzip();
    gunzip.on('data', (bytes: Buffer) => {
      this.#at = this.#stream.now();
      this.#feed(bytes);
    });
    gunzip.on('end', () => this.#stream.end(this.#stream.now()));
    gunzip.on('error', (error: NodeJS.ErrnoException) => {
      const isCut = error.code === 'Z_BUF_ERROR';
      const failure = isCut
        ? new StreamFailure('closed-early', 'the compressed stream ended in the middle')
        : protocolFailure(error.message);
      this.#fail(failure, this.#stream.now());
    });
    return gunzip;
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

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    fields: Fields,
    reason = '',
  ): void {
    const at = this.#stream.now();
    if (status < 200) return;
    if (status !== 200) {
      this.#refusal = new Refusal(status, reason);
      return;
    }
    const problem = describeMismatch(fields, this.#format);
    if (problem !== undefined) {
      this.#fail(protocolFailure(problem), at);
      return;
    }
    const rawFields = ((controller.rawHeaders ?? []) as Buffer[]).map((part) =>
      part.toString('latin1'),
    );
    this.#stream.accept(countHeadBytes({ status, reason, rawFields }), at);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#at = this.#stream.now();
    if (this.#refusal !== undefined) {
      this.#refusal.add(chunk);
      if (this.#refusal.isFull) this.#fail(this.#refusal.failure(), this.#at);
      return;
    }
    if (this.#gunzip === undefined) this.#feed(chunk);
    else this.#gunzip.write(chunk);
  }

  #feed(bytes: Buffer): void {
    try {
      this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    } catch (error) {
      this.#fail(error, this.#at);
    }
  }

  onResponseEnd(): void {
    const at = this.#stream.now();
    if (this.#refusal !== undefined) this.#stream.fail(this.#refusal.failure(), at);
    else if (this.#gunzip === undefined) this.#stream.end(at);
    else this.#gunzip.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: NodeJS.ErrnoException): void {
    const at = this.#stream.now();
    this.#gunzip?.destroy();
    this.#stream.fail(this.#refusal?.failure() ?? describeError(error), at);
  }

  #fail(error: unknown, at: Instant): void {
    this.#stream.fail(error, at);
    this.#gunzip?.destroy();
    this.#controller?.abort(new Error('the stream failed'));
  }
}

type Fields = Record<string, string | string[] | undefined>;

function describeMismatch(
  fields: Fields,
  { contentType, contentEncoding, body }: LibraryFormat,
): string | undefined {
  const type = joined(fields['content-type']) ?? 'none';
  if (type.split(';')[0]?.trim().toLowerCase() !== contentType)
    return `content-type is ${type}, not ${contentType}`;
  const coding = joined(fields['transfer-encoding']) ?? 'none';
  // A proxy that had all of a stream before it sent any may state its length.
  const hasLength = coding === 'none' && fields['content-length'] !== undefined;
  if (body === 'chunked' && !hasLength && coding.toLowerCase() !== 'chunked')
    return `transfer-encoding is ${coding}, not chunked`;
  const encoding = joined(fields['content-encoding']);
  if (encoding === contentEncoding) return undefined;
  if (contentEncoding === undefined)
    return `content-encoding is ${encoding}, which was not asked for`;
  return `content-encoding is ${encoding ?? 'none'}, not ${contentEncoding}`;
}

const joined = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value;
