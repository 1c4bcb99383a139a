// A response that is not the requested stream: its status and the beginning of its body become the
// failure.

import { StreamFailure } from '../stream-failure.ts';

/** Length of the excerpt of the body in the message, bytes. */
const EXCERPT_BYTES = 300;

export class Refusal {
  readonly #status: number;
  readonly #reason: string;
  #body = Buffer.alloc(0);

  constructor(status: number, reason: string) {
    this.#status = status;
    this.#reason = reason;
  }

  get isFull(): boolean {
    return this.#body.length === EXCERPT_BYTES;
  }

  add(chunk: Buffer): void {
    this.#body = Buffer.concat([this.#body, chunk]).subarray(0, EXCERPT_BYTES);
  }

  failure(): StreamFailure {
    const body = this.#body.toString();
    // HTTP/2 has no reason phrase.
    const reason = this.#reason === '' ? '' : ` ${this.#reason}`;
    return new StreamFailure(
      `http-${this.#status}`,
      `the server answered ${this.#status}${reason}${body === '' ? '' : `: ${body}`}`,
    );
  }
}
