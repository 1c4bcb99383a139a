// Input to a stream that runs: each text is taken up once, in the order of receipt, as the next token
// of its stream, which is due at once.

import type { OtherTexts } from '../bench/contract/workload.ts';

/** Texts that wait for a stream whose socket is full; the one that comes next is refused. */
export const MOST_WAITING_STEERS = 16;

/**
 * `unknown`: there is no such stream, or it is over; `not-steerable`: its tokens are bytes, are those
 * of all subscribers, or outlive its connection; `full`: as many texts wait as may.
 */
export type SteerOutcome = 'accepted' | 'unknown' | 'not-steerable' | 'full';

/** A text that a stream has taken up. Times are ns since T0. */
export interface TakenSteer {
  readonly id: string;
  readonly text: string;
  readonly receivedNs: number;
  /** Immediately before the first write of the token that carries it. */
  readonly writtenNs: number;
}

type WaitingSteer = Pick<TakenSteer, 'text' | 'receivedNs'>;

/** The steers of one stream. */
export class Steering {
  readonly #waiting: WaitingSteer[] = [];
  readonly #texts = new Map<number, string>();

  /** Those that were taken up, by the 0-based places of their tokens. */
  get texts(): OtherTexts {
    return this.#texts;
  }

  get isFull(): boolean {
    return this.#waiting.length >= MOST_WAITING_STEERS;
  }

  add(steer: WaitingSteer): void {
    this.#waiting.push(steer);
  }

  /** The oldest that waits, which becomes the token at this place; undefined where none waits. */
  takeUp(place: number): WaitingSteer | undefined {
    const steer = this.#waiting.shift();
    if (steer !== undefined) this.#texts.set(place, steer.text);
    return steer;
  }
}
