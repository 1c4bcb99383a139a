// The stamps of a load process: preallocated columns, one store an event, dumped after the trial.

import type { Population } from '../bench/contract/population.ts';
import { emptyStamps, type StampColumns } from '../bench/contract/stamps.ts';

export class Recorder {
  readonly #base: Int32Array;
  readonly startNs: Float64Array;
  readonly connectNs: Float64Array;
  readonly acceptNs: Float64Array;
  readonly endNs: Float64Array;
  readonly receivedNs: Float64Array;

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

  columns(): StampColumns {
    const { startNs, connectNs, acceptNs, endNs, receivedNs } = this;
    return { startNs, connectNs, acceptNs, endNs, receivedNs };
  }
}
