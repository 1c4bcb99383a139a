// A WebSocket whose messages pass a compressor before they reach its socket: ws holds them
// meanwhile, where the socket does not see them.

import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { KIB } from '../bench/contract/units.ts';
import type { Channel } from './stream-sink.ts';

/**
 * The default mark of a socket, so that a receiver counts as blocked at the same amount on every
 * transport.
 */
const HIGH_WATER_BYTES = 64 * KIB;

export class CompressingChannel extends EventEmitter implements Channel {
  readonly #webSocket: WebSocket;
  /** Messages were handed over beyond the mark, and have not all gone. */
  writableNeedDrain = false;

  constructor(webSocket: WebSocket) {
    super();
    this.#webSocket = webSocket;
  }

  /** The messages that wait for the compressor, and what the socket has not taken. */
  get writableLength(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(text: string): void {
    this.#webSocket.send(text, this.#sent);
    if (this.writableLength > HIGH_WATER_BYTES) this.writableNeedDrain = true;
  }

  /**
   * Called when a message has left, or no longer can: a send to a socket that is closing must not
   * reach the process as an error.
   */
  readonly #sent = (): void => {
    if (!this.writableNeedDrain || this.writableLength > 0) return;
    this.writableNeedDrain = false;
    this.emit('drain');
  };

  /** Messages leave when the compressor is through, so there is nothing to gather in a turn. */
  cork(): void {}

  uncork(): void {}
}
