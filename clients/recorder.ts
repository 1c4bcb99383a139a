// The stamps of a load process: preallocated columns, one store per event, written to a file after
// the trial.

import type { Population } from '../bench/contract/population.ts';
import { emptyStamps, type StampColumns } from '../bench/contract/stamps.ts';

export class Recorder {
  readonly #base: Int32Array;
  readonly startNs: Float64Array;
  readonly connectNs: Float64Array;
  readonly acceptNs: Float64Array;
  readonly endNs: Float64Array;
  readonly receivedNs: Float64Array;
  /** Only for pages, which have a DOM to append to: allocated at the first token. */
  #appendedNs: Float64Array | undefined;

  constructor(population: Population) {
    this.#base = population.base;
    this.startNs = emptyStamps(population.streams);
    this.connectNs = emptyStamps(population.streams);
    this.acceptNs = emptyStamps(population.streams);
    this.endNs = emptyStamps(population.streams);
    this.receivedNs = emptyStamps(population.totalTokens);
  }

  /** @param index 0-based place of the token in its stream. */
  received(stream: number, index: number, atNs: number): void {
    this.receivedNs[(this.#base[stream] as number) + index] = atNs;
  }

  /** Records when the token's text was in the DOM. */
  appended(stream: number, index: number, atNs: number): void {
    this.#appendedNs ??= emptyStamps(this.receivedNs.length);
    this.#appendedNs[(this.#base[stream] as number) + index] = atNs;
  }

  /** Counts tokens whose stamp lies in [fromNs, toNs). */
  countReceived(fromNs: number, toNs: number): number {
    return this.receivedNs.reduce(
      (count, atNs) => (atNs >= fromNs && atNs < toNs ? count + 1 : count),
      0,
    );
  }

  columns(): StampColumns {
    const { startNs, connectNs, acceptNs, endNs, receivedNs } = this;
    const appendedNs = this.#appendedNs;
    return {
      startNs,
      connectNs,
      acceptNs,
      endNs,
      receivedNs,
      ...(appendedNs !== undefined && { appendedNs }),
    };
  }
}
