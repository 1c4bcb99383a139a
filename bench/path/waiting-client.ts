// A client that connected while nothing passes in either direction. The server does not know of it: its handshake would not
// have come through. One that gives up meanwhile therefore never existed; one that stays is connected when it is over.

import type { Socket } from 'node:net';

/** More is left with the kernel; a request is far smaller. */
const MAX_BYTES = 65_536;

export class WaitingClient {
  readonly #client: Socket;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #hasGivenUp = false;
  readonly #keep = (bytes: Buffer): void => {
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= MAX_BYTES) this.#client.pause();
  };
  // A half-close cannot be told from a close here; clients of this project do not half-close.
  readonly #giveUp = (): void => {
    this.#hasGivenUp = true;
  };

  constructor(client: Socket) {
    this.#client = client;
    client.on('data', this.#keep);
    client.on('end', this.#giveUp);
    client.on('error', this.#giveUp);
  }

  get hasSent(): boolean {
    return this.#bytes > 0;
  }

  /** Undefined, and closed, when it has given up. */
  leave(): { client: Socket; sent: readonly Buffer[] } | undefined {
    if (this.#hasGivenUp) {
      this.#client.destroy();
      return undefined;
    }
    this.#client.off('data', this.#keep);
    this.#client.off('end', this.#giveUp);
    this.#client.off('error', this.#giveUp);
    return { client: this.#client, sent: this.#chunks };
  }
}
