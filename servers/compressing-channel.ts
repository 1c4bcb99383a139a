// A WebSocket whose messages pass a compressor before they reach its socket: ws holds them
// meanwhile, where the socket does not see them.

import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { KIB } from '../bench/contract/units.ts';
import type { Channel } from './stream-sink.ts';

/**
 * The default mark of a socket, so that a receiver counts as blocked at the same amount on every
 * transport.
 */
const HIGH_WATER_BYTES = 64 * KIB;
/** ws tells nobody when its own queue has emptied, so a full one is looked at again. */
const CHECK_MS = 5;

export class CompressingChannel extends EventEmitter implements Channel {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;

  constructor(webSocket: WebSocket, socket: Socket) {
    super();
    this.#webSocket = webSocket;
    this.#socket = socket;
    webSocket.once('close', () => clearInterval(this.#timer));
  }

  /** The messages that wait for the compressor, and what the socket has not taken. */
  get writableLength(): number {
    return this.#webSocket.bufferedAmount;
  }

  get writableNeedDrain(): boolean {
    const isFull = this.#socket.writableNeedDrain || this.writableLength > HIGH_WATER_BYTES;
    if (isFull) this.#timer ??= setInterval(() => this.#check(), CHECK_MS);
    return isFull;
  }

  /** Messages leave when the compressor is through, so there is nothing to gather in a turn. */
  cork(): void {}

  uncork(): void {}

  #check(): void {
    if (this.writableLength > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.emit('drain');
  }
}
