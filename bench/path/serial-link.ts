// A link that sends one piece after another at a fixed rate: a piece has arrived when its last byte
// has, and pieces of all connections wait for those before them. Unlike a token bucket it saves
// nothing up while it is idle, so the time that a request takes on it is its bytes over the rate.

import { NS_PER_S } from '../contract/units.ts';
import type { ByteLimit } from './passage.ts';

interface SerialLinkOptions {
  readonly bytesPerSecond: number;
  readonly now: () => number;
}

export class SerialLink {
  readonly #nsPerByte: number;
  readonly #now: () => number;
  /** When the last piece that was accepted has left. */
  #freeNs = Number.NEGATIVE_INFINITY;

  constructor({ bytesPerSecond, now }: SerialLinkOptions) {
    this.#nsPerByte = NS_PER_S / bytesPerSecond;
    this.#now = now;
  }

  /** The limit of one connection, which offers the same piece until it may pass. */
  lane(): ByteLimit {
    let leavesNs: number | undefined;
    const offer = (bytes: number): number => {
      if (leavesNs === undefined) {
        leavesNs = Math.max(this.#now(), this.#freeNs) + bytes * this.#nsPerByte;
        this.#freeNs = leavesNs;
      }
      return leavesNs;
    };
    return {
      take: (bytes) => {
        if (this.#now() < offer(bytes)) return 0;
        leavesNs = undefined;
        return bytes;
      },
      readyNs: offer,
    };
  }
}
