// The account of one stream of any dialect: its text, what has ended it, and why it is not whole.

import { MAX_TEXT, type Rung, type Sign } from './dialect.ts';
import { clip, fault, type Fault, type Reading } from './readings.ts';

export interface Failure {
  readonly rung: Rung;
  readonly cause: string;
  readonly message: string;
}

export class StreamLedger {
  events = 0;
  hasFinish = false;
  hasTerminator = false;
  hasError = false;
  text = '';
  /** UTF-16 units of the whole text, of which `text` may be the beginning. */
  textLength = 0;
  /** By cause: causes are few, a broken stream may have one thousands of times. */
  readonly #faults = new Map<string, { readonly first: Fault; count: number }>();

  /**
   * @param isAfterEnd Whether the dialect's end had come before the event that the sign is of.
   */
  record(sign: Sign, isAfterEnd: boolean): void {
    switch (sign.kind) {
      case 'token':
        if (sign.channel === 'content') this.#keep(sign.text);
        if (isAfterEnd) this.add(fault(2, 'after-end', 'tokens came after the end'));
        return;
      case 'finish':
        if (isAfterEnd) this.add(repeatedEnd);
        this.hasFinish = true;
        if (sign.isFailed === true)
          this.add(fault(2, 'failed', `the server ended it with ${quote(sign.reason)}`));
        return;
      case 'terminator':
        if (this.hasTerminator) this.add(repeatedEnd);
        this.hasTerminator = true;
        return;
      case 'error':
        this.hasError = true;
        this.add(fault(2, 'error', describeError(sign)));
        return;
      default:
    }
  }

  add(found: Fault): void {
    const known = this.#faults.get(found.cause);
    if (known === undefined) this.#faults.set(found.cause, { first: found, count: 1 });
    else known.count++;
  }

  failures(): readonly Failure[] {
    return [...this.#faults.values()].map(({ first: { rung, cause, message }, count }) => ({
      rung,
      cause,
      message: count === 1 ? message : `${message} (the first of ${count})`,
    }));
  }

  #keep(text: string): void {
    this.textLength += text.length;
    if (this.text.length < MAX_TEXT) this.text += text.slice(0, MAX_TEXT - this.text.length);
  }
}

const repeatedEnd = fault(3, 'repeated-end', 'the end came more than once');

const quote = (reason: string | undefined): string => `\`${clip(reason ?? 'no reason')}\``;

function describeError({ code, message }: Extract<Reading, { kind: 'error' }>): string {
  return clip(`the server sent an error: ${code === undefined ? '' : `${code}: `}${message}`);
}
