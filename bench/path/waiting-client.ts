// A client that connects while nothing passes in either direction. The server does not see it: its
// handshake would not have come through. A client that closes meanwhile therefore never existed;
// one that stays is connected after the outage.

import type { Socket } from 'node:net';

/** Bytes beyond this stay in the kernel; a request is far smaller. */
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
  // A half-close cannot be distinguished from a close here; clients of this project do not
  // half-close.
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

  /** undefined, with the socket destroyed, when the client has closed. */
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
