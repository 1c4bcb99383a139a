// Takes the transfer coding off the body of an HTTP/1 answer. How a body ends decides whether it is
// known to be whole (RFC 9112 §6.3, §8).

import type { Instant } from '../../bench/contract/units.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import type { ByteReader } from '../probe/byte-reader.ts';
import { ChunkedReader } from '../probe/chunked-reader.ts';
import { LengthReader } from '../probe/length-reader.ts';
import type { AnswerHead } from './answer-head.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';

export interface BodyEvents {
  /** Only valid during the call. */
  readonly body: (bytes: Buffer, atNs: number) => void;
  /** The body is whole. */
  readonly ended: (atNs: number) => void;
}

export class Http1Body {
  readonly #reader: ByteReader;
  /** As the head says; undefined for chunks, and for a body that ends with the connection. */
  #lengthBytes: number | undefined;
  /** The body has neither length nor chunks. */
  endsWithConnection = false;
  #bodyBytes = 0;

  /** @throws EndpointError bad-framing */
  constructor({ status, headers }: AnswerHead, events: BodyEvents) {
    const content: ByteReader = {
      push: (buffer, start, end, at) => {
        if (start === end) return;
        this.#bodyBytes += end - start;
        events.body(buffer.subarray(start, end), at);
      },
    };
    const onEnd = (at: Instant): void => events.ended(at);
    const { 'transfer-encoding': coding, 'content-length': length } = headers;
    if (status === 204 || status === 304) {
      this.#lengthBytes = 0;
      this.#reader = new LengthReader(content, 0, onEnd);
    } else if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked')
        throw badFraming(`transfer-encoding is ${quotedText(coding, 40)}, not chunked`);
      if (length !== undefined)
        throw badFraming('the head has both content-length and transfer-encoding');
      this.#reader = new ChunkedReader(content, onEnd);
    } else if (length === undefined) {
      this.endsWithConnection = true;
      this.#reader = content;
    } else {
      this.#lengthBytes = parseLength(length);
      this.#reader = new LengthReader(content, this.#lengthBytes, onEnd);
    }
  }

  /** Call it with what follows the head even if that is nothing: a body may be empty. */
  push(buffer: Buffer, start: number, end: number, at: Instant): void {
    if (end > start || this.#lengthBytes === 0) this.#reader.push(buffer, start, end, at);
  }

  /** Completes a message when the connection has ended too early. */
  whereItStopped(): string {
    return this.#lengthBytes === undefined
      ? `before the last chunk, after ${this.#bodyBytes} bytes of the body`
      : `after ${this.#bodyBytes} of the ${this.#lengthBytes} bytes that content-length says`;
  }
}

/** Repeated fields must agree (RFC 9112 §6.3). @throws EndpointError */
function parseLength(text: string): number {
  const values = new Set(text.split(/\s*,\s*/));
  const [value = ''] = values;
  if (values.size !== 1 || !/^\d{1,15}$/.test(value))
    throw badFraming(`content-length is ${quotedText(text, 40)}, which is no number of bytes`);
  return Number(value);
}

function badFraming(message: string): EndpointError {
  return new EndpointError(endpointFailure('bad-framing', message));
}
