// The stamps of a fault trial: those of a steady trial, for each stream's first connection, and the
// reconnect clock of each stream: lost, attempted, open, new token.

import { emptyStamps, type StampColumns } from '../bench/contract/stamps.ts';
import type { Population } from '../bench/contract/population.ts';
import { Recorder } from './recorder.ts';

export class RecoveryRecorder extends Recorder {
  /** When the client stopped reading, as the trial planned. */
  readonly pausedNs: Float64Array;
  /** The first loss after the fault; all that follows belongs to it. */
  readonly lostNs: Float64Array;
  readonly attemptNs: Float64Array;
  /**
   * The accept of the connection on which the first unseen token after the loss came, and that
   * token's receipt.
   */
  readonly openNs: Float64Array;
  readonly newNs: Float64Array;
  /** Attempts and accepts of all streams. */
  readonly #attemptsNs: number[] = [];
  readonly #acceptedNs: number[] = [];

  constructor(population: Population) {
    super(population);
    this.pausedNs = emptyStamps(population.streams);
    this.lostNs = emptyStamps(population.streams);
    this.attemptNs = emptyStamps(population.streams);
    this.openNs = emptyStamps(population.streams);
    this.newNs = emptyStamps(population.streams);
  }

  connected(stream: number, atNs: number): void {
    storeFirst(this.connectNs, stream, atNs);
  }

  accepted(stream: number, atNs: number): void {
    storeFirst(this.acceptNs, stream, atNs);
  }

  lost(stream: number, atNs: number): void {
    storeFirst(this.lostNs, stream, atNs);
  }

  attempted(stream: number, atNs: number): void {
    if (this.#isLost(stream)) storeFirst(this.attemptNs, stream, atNs);
  }

  /** Feeds the curve of all attempts, as `countAccept` does that of accepts; in any order. */
  countAttempt(atNs: number): void {
    this.#attemptsNs.push(atNs);
  }

  countAccept(atNs: number): void {
    this.#acceptedNs.push(atNs);
  }

  /** Records the first unseen token on a connection that was made after a loss. */
  resumed(stream: number, openNs: number, newNs: number): void {
    if (!this.#isLost(stream) || !Number.isNaN(this.newNs[stream])) return;
    this.openNs[stream] = openNs;
    this.newNs[stream] = newNs;
  }

  #isLost(stream: number): boolean {
    return !Number.isNaN(this.lostNs[stream]);
  }

  override columns(): StampColumns {
    const { pausedNs, lostNs, attemptNs, openNs, newNs } = this;
    return {
      ...super.columns(),
      pausedNs,
      lostNs,
      attemptNs,
      openNs,
      newNs,
      attemptsNs: Float64Array.from(this.#attemptsNs).sort(),
      acceptedNs: Float64Array.from(this.#acceptedNs).sort(),
    };
  }
}

function storeFirst(column: Float64Array, stream: number, atNs: number): void {
  if (Number.isNaN(column[stream])) column[stream] = atNs;
}
