// Measures what a server uses and writes within the window, or within the part of it in which the
// server runs.

import { BenchError } from '../bench/contract/errors.ts';
import { UseMeter } from '../bench/contract/process-use.ts';
import type { ServerTally } from '../bench/contract/tally.ts';
import type { Clock } from '../bench/contract/clock.ts';
import type { Streams } from './streams.ts';

type Measured = Pick<ServerTally, 'use' | 'windowTokens' | 'windowBytes'>;

export class ServerWindow {
  readonly #streams: Streams;
  readonly #now: Clock;
  #begun: { meter: UseMeter; tokens: number; bytes: number } | undefined;
  #measured: Measured | undefined;

  constructor(streams: Streams, now: Clock) {
    this.#streams = streams;
    this.#now = now;
  }

  start(): void {
    const { counts } = this.#streams;
    this.#begun = {
      meter: new UseMeter(this.#now),
      tokens: counts.tokensWritten,
      bytes: this.#streams.bytesWritten(),
    };
  }

  /** Does nothing before the start, or when it has stopped already. */
  stop(): void {
    if (this.#begun === undefined || this.#measured !== undefined) return;
    const { meter, tokens, bytes } = this.#begun;
    this.#measured = {
      use: meter.stop(),
      windowTokens: this.#streams.counts.tokensWritten - tokens,
      windowBytes: this.#streams.bytesWritten() - bytes,
    };
  }

  /** @throws BenchError CHILD_DIED when the window has not ended. */
  measured(): Measured {
    if (this.#measured === undefined)
      throw new BenchError('CHILD_DIED', 'the server was stopped before its window had ended');
    return this.#measured;
  }
}
