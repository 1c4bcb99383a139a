// One connection through the relay: the client's socket, the server's, and the two passages between
// them.

import type { Socket } from 'node:net';
import { NS_PER_S } from '../contract/units.ts';
import { setAlarm, type Alarm } from './alarm.ts';
import { Passage, resetSocket, type Piece } from './passage.ts';

/**
 * How long a side that has received a FIN may take to close too; data it sends meanwhile is
 * dropped. As in nginx's `lingering_timeout`.
 */
export const LINGER_NS = 5 * NS_PER_S;

interface LinkOptions {
  readonly client: Socket;
  readonly server: Socket;
  readonly now: () => number;
  /** Called for every read from the server; calling `pass`, now or later, forwards the read. */
  readonly onServerRead: (bytes: number, pass: () => void) => void;
  /** The same for all that comes from the client; absent: it passes at once. */
  readonly onClientRead?: ((pass: () => void) => void) | undefined;
  readonly onGone: () => void;
}

export class Link {
  readonly toClient: Passage;
  readonly toServer: Passage;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #now: () => number;
  readonly #onClientRead: (pass: () => void) => void;
  #lastByteNs: number;
  #isBroken = false;
  #idle: Alarm | undefined;
  #linger: Alarm | undefined;

  constructor({ client, server, now, onServerRead, onClientRead, onGone }: LinkOptions) {
    this.#client = client;
    this.#server = server;
    this.#now = now;
    this.#lastByteNs = now();
    this.toClient = new Passage({ from: server, to: client, now });
    this.toServer = new Passage({ from: client, to: server, now });
    this.#onClientRead = onClientRead ?? ((pass) => pass());
    this.#listenTo(client, (piece) => this.takeFromClient(piece));
    this.#listenTo(server, (piece) =>
      onServerRead(typeof piece === 'string' ? 0 : piece.length, () => this.toClient.take(piece)),
    );
    client.on('close', onGone);
  }

  takeFromClient(piece: Piece): void {
    this.#onClientRead(() => this.toServer.take(piece));
  }

  /** True while neither the relay nor the client has closed the connection. */
  get isStanding(): boolean {
    return !this.#isBroken && !this.#client.destroyed;
  }

  /** Blocks both directions, or only the one to the client, from now on. */
  hold(direction: 'both' | 'to-client'): void {
    this.toClient.hold();
    if (direction === 'both') this.toServer.hold();
  }

  release(): void {
    this.toClient.release();
    this.toServer.release();
  }

  get isHoldingBack(): boolean {
    return this.toClient.isHoldingBack || this.toServer.isHoldingBack;
  }

  /**
   * Ends the link once neither side has sent a byte for `idleNs`, counted from now at the earliest.
   */
  endWhenIdle(idleNs: number, onEnd: () => void): void {
    this.#lastByteNs = this.#now();
    const check = (): void => {
      if (!this.isStanding) return;
      if (this.#now() < this.#lastByteNs + idleNs) watch();
      else {
        this.end();
        onEnd();
      }
    };
    const watch = (): void => {
      this.#idle = setAlarm(this.#lastByteNs + idleNs, this.#now, check);
    };
    watch();
  }

  /** Sends RST to both sides. */
  reset(): void {
    this.#break();
    resetSocket(this.#client);
    resetSocket(this.#server);
  }

  /** Sends FIN to both sides, after the bytes already passed on. */
  end(): void {
    this.#break();
    const sockets = [this.#client, this.#server];
    for (const socket of sockets) socket.end();
    this.#linger = setAlarm(this.#now() + LINGER_NS, this.#now, () => {
      for (const socket of sockets) socket.destroy();
    });
  }

  close(): void {
    this.#break();
    this.#client.destroy();
    this.#server.destroy();
  }

  #break(): void {
    this.#isBroken = true;
    this.#idle?.stop();
    this.#linger?.stop();
    this.toClient.close();
    this.toServer.close();
  }

  /** Passes on the bytes, the end and the failure of one side, in their order. */
  #listenTo(socket: Socket, take: (piece: Piece) => void): void {
    socket.on('data', (bytes: Buffer) => {
      this.#lastByteNs = this.#now();
      take(bytes);
    });
    socket.on('end', () => take('end'));
    socket.on('error', () => {
      // Bytes received before the reset but, because the passage is held, not yet read.
      const rest = socket.read() as Buffer | null;
      if (rest !== null) take(rest);
    });
    socket.on('close', () => {
      if (!socket.readableEnded) take('reset');
      if (!this.#client.destroyed || !this.#server.destroyed) return;
      this.#break();
    });
  }
}
