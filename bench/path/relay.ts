// A TCP relay between clients and one server: bytes pass unaltered and in order. On the way to the client they may be held
// for a fixed time; the way to the server is never delayed, so what is added is one-way latency and nothing else.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { RelayTally } from '../contract/tally.ts';
import { Hold } from './hold.ts';

interface RelayOptions {
  readonly host: string;
  readonly serverPort: number;
  readonly delayNs: number;
  readonly now: () => number;
}

/** As many holds are remembered; a bound on memory. */
const MAX_HOLDS = 1 << 20;

export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #hold: Hold;
  readonly #heldNs: number[] = [];
  #isDelaying = false;
  #connections = 0;
  #reads = 0;
  #bytes = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#join(client));
    this.#hold = new Hold({
      now: options.now,
      forNs: options.delayNs,
      onRelease: (heldNs) => {
        if (this.#heldNs.length < MAX_HOLDS) this.#heldNs.push(heldNs);
      },
    });
  }

  /** Resolves with the port it listens on. */
  async listen(): Promise<number> {
    const { host } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port: 0, backlog: 4096 }, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** From here on bytes are held; what came before, a rehearsal, passes at once. */
  startDelay(): void {
    this.#isDelaying = this.#options.delayNs > 0;
  }

  #join(client: Socket): void {
    const { host, serverPort } = this.#options;
    const server = connect({ host, port: serverPort, noDelay: true, allowHalfOpen: true });
    this.#connections++;
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!socket.readableEnded) other.destroy();
      });
      socket.on('drain', () => other.resume());
    }
    client.on('data', (bytes) => pass(bytes, client, server));
    client.on('end', () => server.end());
    server.on('data', (bytes) => {
      const readNs = this.#options.now();
      this.#reads++;
      this.#bytes += bytes.length;
      this.#afterDelay(readNs, () => pass(bytes, server, client));
    });
    server.on('end', () => this.#afterDelay(this.#options.now(), () => client.end()));
  }

  #afterDelay(sinceNs: number, release: () => void): void {
    if (this.#isDelaying) this.#hold.add(sinceNs, release);
    else release();
  }

  tally(cpuNs: number): RelayTally {
    const sorted = Float64Array.from(this.#heldNs).sort();
    const rank = (q: number): number | undefined => sorted[Math.ceil(q * sorted.length) - 1];
    const [heldP50Ns, heldP99Ns] = [rank(0.5), rank(0.99)];
    return {
      cpuNs,
      connections: this.#connections,
      reads: this.#reads,
      bytes: this.#bytes,
      ...(heldP50Ns !== undefined && { heldP50Ns }),
      ...(heldP99Ns !== undefined && { heldP99Ns }),
    };
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What the receiver does not take, the sender is not asked for. */
function pass(bytes: Buffer, from: Socket, to: Socket): void {
  if (to.destroyed || to.writableEnded) return;
  if (!to.write(bytes)) from.pause();
}
