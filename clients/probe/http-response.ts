// One HTTP response on a connection of its own: the head, then the body or, when the server
// refuses, its explanation.

import type { Instant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { ChunkedReader } from './chunked-reader.ts';
import { type HttpHead, HttpHeadReader } from './http-head.ts';
import { socketFailure, StreamFailure } from '../stream-failure.ts';

/** Length of the excerpt of a refusal's body in the message, bytes. */
const EXCERPT_BYTES = 300;

interface ResponseOptions {
  /** The only status that is not a refusal. */
  readonly status: number;
  /**
   * Returns the reader of what follows the head; throws StreamFailure when the head is not
   * acceptable.
   */
  readonly accept: (head: HttpHead, at: Instant) => ByteReader;
}

export class HttpResponseReader implements ByteReader {
  readonly #head = new HttpHeadReader();
  readonly #options: ResponseOptions;
  #body: ByteReader | undefined;
  #refusal: Refusal | undefined;

  constructor(options: ResponseOptions) {
    this.#options = options;
  }

  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (this.#body !== undefined) {
      this.#body.push(buffer, start, end, at);
      return;
    }
    const bodyStart = this.#head.push(buffer, start, end);
    const { head } = this.#head;
    if (bodyStart === undefined || head === undefined) return;
    this.#body =
      head.status === this.#options.status ? this.#options.accept(head, at) : this.#refuse(head);
    this.#body.push(buffer, bodyStart, end, at);
  }

  /**
   * The failure when the socket ends before the body is whole; `when` says so for an accepted
   * response.
   */
  endedBy(error: NodeJS.ErrnoException | undefined, when: string): StreamFailure {
    if (this.#refusal !== undefined) return this.#refusal.failure();
    return socketFailure(
      error,
      this.#head.head === undefined ? 'before the response head was whole' : when,
    );
  }

  #refuse(head: HttpHead): ByteReader {
    const refusal = new Refusal(head);
    this.#refusal = refusal;
    if (head.fields.get('transfer-encoding') !== 'chunked') return refusal;
    return new ChunkedReader(refusal, () => {
      throw refusal.failure();
    });
  }
}

/** Collects the beginning of the body, then throws the failure that quotes it. */
class Refusal implements ByteReader {
  readonly #head: HttpHead;
  readonly #excerpt: number;
  #body = '';

  constructor(head: HttpHead) {
    this.#head = head;
    const length = Number(head.fields.get('content-length') ?? EXCERPT_BYTES);
    this.#excerpt = length < EXCERPT_BYTES ? length : EXCERPT_BYTES;
    // RFC 9112 §6.3: a 1xx or 204 has no body, whatever its fields say.
    if (this.#excerpt === 0 || head.status < 200 || head.status === 204) throw this.failure();
  }

  push(buffer: Buffer, start: number, end: number): void {
    this.#body += buffer.toString(
      'latin1',
      start,
      Math.min(end, start + this.#excerpt - this.#body.length),
    );
    if (this.#body.length >= this.#excerpt) throw this.failure();
  }

  failure(): StreamFailure {
    const { status, reason } = this.#head;
    const body = Buffer.from(this.#body, 'latin1').toString();
    return new StreamFailure(
      `http-${status}`,
      `the server answered ${status} ${reason}${body === '' ? '' : `: ${body}`}`,
    );
  }
}
