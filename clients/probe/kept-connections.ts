// Connections between two streams: one per slot, each waiting for the next stream of its slot, with
// counts of reuse and loss.

import type { KeptTally } from '../../bench/contract/connecting.ts';

interface Waiting {
  /** Closes it without notice to a listener. */
  readonly drop: () => void;
}

export class KeptConnections<C extends Waiting> {
  readonly #waiting = new Map<number, C>();
  readonly #counts = { opened: 0, reused: 0, lost: 0 };

  get counts(): KeptTally {
    return { ...this.#counts };
  }

  /**
   * The connection that waits in the slot; undefined when a stream must open one, which is counted.
   */
  take(slot: number): C | undefined {
    const connection = this.#waiting.get(slot);
    if (connection === undefined) this.#counts.opened++;
    else this.#counts.reused++;
    this.#waiting.delete(slot);
    return connection;
  }

  /**
   * Keeps the first of two connections that is free: a stream that was late had another opened
   * beside it.
   */
  put(slot: number, connection: C): void {
    if (this.#waiting.has(slot)) connection.drop();
    else this.#waiting.set(slot, connection);
  }

  /** Call when the connection broke, or was closed by the server, while it waited. */
  lose(slot: number, connection: C): void {
    if (this.#waiting.get(slot) !== connection) return;
    this.#waiting.delete(slot);
    this.#counts.lost++;
    connection.drop();
  }

  close(): void {
    for (const connection of this.#waiting.values()) connection.drop();
    this.#waiting.clear();
  }
}
