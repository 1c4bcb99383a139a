// Both ends of a relay for its tests: a server, and peers that record all events of a socket.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import { Relay } from './relay.ts';

export const HOST = '127.0.0.1';
export const now = (): number => Number(process.hrtime.bigint());

const closers: (() => void)[] = [];

/** To be called after each test. */
export function closeAll(): void {
  for (const close of closers.splice(0)) close();
}

/** One end of a connection. */
export class Peer {
  readonly socket: Socket;
  readonly #chunks: Buffer[] = [];
  #firstNs: number | undefined;
  /**
   * How the other side closed it: `end`, or the system's error code; undefined while it is open.
   */
  ending: string | undefined;
  endedNs: number | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#firstNs ??= now();
      this.#chunks.push(bytes);
    });
    socket.on('end', () => this.#endBy('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#endBy(error.code ?? error.message));
    closers.push(() => socket.destroy());
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Time of arrival of the first bytes; NaN before. */
  get firstNs(): number {
    return this.#firstNs ?? Number.NaN;
  }

  #endBy(ending: string): void {
    this.ending ??= ending;
    this.endedNs ??= now();
  }

  async untilReceived(bytes: number): Promise<void> {
    await until(() => this.received.length >= bytes);
  }

  async untilEnded(): Promise<string> {
    await until(() => this.ending !== undefined);
    return this.ending ?? '';
  }
}

/** Keeps every accepted connection as a peer, in order. */
export async function startServer(
  onConnection?: (peer: Peer) => void,
): Promise<{ port: number; peers: Peer[] }> {
  const peers: Peer[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    onConnection?.(peer);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, peers };
}

export interface RelayConditions {
  readonly delayNs?: number;
  readonly bytesPerSecond?: number;
  readonly roundTripNs?: number;
  readonly fault?: RelayFault;
  /** Takes effect after the relay's start; the relay's clock is that of `now`. */
  readonly faultNs?: number;
}

export async function startRelay(
  serverPort: number,
  { delayNs = 0, bytesPerSecond, roundTripNs, fault, faultNs }: RelayConditions = {},
): Promise<{ relay: Relay; port: number }> {
  const relay = new Relay({
    host: HOST,
    serverPort,
    delayNs,
    bytesPerSecond,
    roundTripNs,
    fault,
    faultNs,
    now,
  });
  closers.push(() => relay.close());
  return { relay, port: await relay.listen() };
}

export async function connectPeer(port: number): Promise<Peer> {
  const peer = new Peer(connect({ host: HOST, port, noDelay: true, allowHalfOpen: true }));
  await once(peer.socket, 'connect');
  return peer;
}

/** Polls after every turn of the event loop; the test's own timeout is the bound. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
