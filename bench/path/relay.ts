// A TCP relay between clients and one server: bytes pass unaltered and in order. On the way to the
// client they may be held for a fixed time, and be limited in number, as on a link that all
// connections share; the way to the server is then not delayed, so only one-way latency is added. A
// round trip is half of it in each direction, for ends and resets as for bytes, and a whole one more
// before a new connection carries anything. A planned fault, if any, strikes by itself at its moment.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import type { RelayTally } from '../contract/tally.ts';
import { NS_PER_S } from '../contract/units.ts';
import { setAlarm } from './alarm.ts';
import { CoarseHold } from './coarse-hold.ts';
import { Hold } from './hold.ts';
import { Link } from './link.ts';
import { RelayFaults } from './relay-faults.ts';
import { TokenBucket } from './token-bucket.ts';
import { WaitingClient } from './waiting-client.ts';

interface RelayOptions {
  readonly host: string;
  readonly serverPort: number;
  readonly delayNs: number;
  /** Bytes to all clients together. */
  readonly bytesPerSecond?: number | undefined;
  /** Round trip between both ends; absent for none. */
  readonly roundTripNs?: number | undefined;
  readonly fault?: RelayFault | undefined;
  /** On the clock of `now`; undefined means at the start. */
  readonly faultNs?: number | undefined;
  readonly now: () => number;
}

/** Maximum number of recorded hold times; a bound on memory. */
const MAX_HOLDS = 1 << 20;
/**
 * After `refuse`, the relay's port may be in use as the source port of some client; such
 * connections are short.
 */
const LISTEN_AGAIN_NS = 5 * NS_PER_S;
const LISTEN_AGAIN_EVERY_MS = 5;

export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #links = new Set<Link>();
  readonly #hold: Hold;
  /** Half a round trip, in each direction. */
  readonly #way: CoarseHold | undefined;
  readonly #faults: RelayFaults | undefined;
  readonly #heldNs: number[] = [];
  #port = 0;
  #isClosed = false;
  #hasStarted = false;
  #isDelaying = false;
  /** The connections share it; undefined without a limit, and until the start. */
  #link: TokenBucket | undefined;
  #connections = 0;
  #reads = 0;
  #bytes = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (client) =>
      this.#admit(client),
    );
    const { now, delayNs, roundTripNs } = options;
    const onRelease = (heldNs: number): void => {
      if (this.#heldNs.length < MAX_HOLDS) this.#heldNs.push(heldNs);
    };
    this.#hold = new Hold({ now, forNs: delayNs, onRelease });
    if (roundTripNs !== undefined)
      this.#way = new CoarseHold({ now, forNs: roundTripNs / 2, onRelease });
    this.#faults = options.fault && this.#prepareFault(options.fault);
  }

  #prepareFault(fault: RelayFault): RelayFaults {
    const { now, faultNs = Number.NEGATIVE_INFINITY } = this.#options;
    return new RelayFaults(
      { fault, faultNs },
      {
        now,
        links: () => [...this.#links].filter(({ isStanding }) => isStanding),
        join: (client, sent) => this.#join(client, sent),
        stopListening: () => void this.#server.close(),
        listenAgain: async () => await this.#listenAgain(),
      },
    );
  }

  /** Resolves with the port on which the relay listens. */
  async listen(): Promise<number> {
    const { host } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port: this.#port, backlog: 4096 }, resolve);
    try {
      await promise;
    } finally {
      this.#server.off('error', reject);
      this.#server.off('listening', resolve);
    }
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  /** @throws The system's error when another process keeps the port. */
  async #listenAgain(): Promise<void> {
    const { now } = this.#options;
    const untilNs = now() + LISTEN_AGAIN_NS;
    while (!this.#isClosed) {
      try {
        await this.listen();
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || now() > untilNs) throw error;
        await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN_EVERY_MS));
      }
    }
  }

  /** Enables delay, limit and fault; bytes from before, of a rehearsal, pass at once. */
  start(): void {
    const { delayNs, bytesPerSecond, now } = this.#options;
    this.#hasStarted = true;
    this.#isDelaying = delayNs > 0;
    if (bytesPerSecond !== undefined) this.#link = new TokenBucket({ bytesPerSecond, now });
    for (const link of this.#links) this.#limit(link);
    this.#faults?.start();
  }

  #admit(client: Socket): void {
    this.#connections++;
    this.#own(client);
    if (this.#way !== undefined && this.#hasStarted) this.#joinAfterHandshake(client);
    else if (this.#faults === undefined) this.#join(client);
    else this.#faults.admit(client);
  }

  /**
   * Over a network a client learns one round trip later that it is connected, and sends only then.
   */
  #joinAfterHandshake(client: Socket): void {
    const { now, roundTripNs = 0 } = this.#options;
    const waiting = new WaitingClient(client);
    setAlarm(now() + roundTripNs, now, () => {
      const left = this.#isClosed ? undefined : waiting.leave();
      if (left !== undefined) this.#join(left.client, left.sent);
    });
  }

  #own(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #join(client: Socket, sent: readonly Buffer[] = []): void {
    const { host, serverPort, now } = this.#options;
    const server = connect({ host, port: serverPort, noDelay: true, allowHalfOpen: true });
    this.#own(server);
    const link = new Link({
      client,
      server,
      now,
      onServerRead: (bytes, pass) => {
        if (bytes > 0) this.#reads++;
        this.#bytes += bytes;
        this.#afterDelay(() => this.#afterWay(pass));
      },
      onClientRead: (pass) => this.#afterWay(pass),
      onGone: () => this.#links.delete(link),
    });
    this.#links.add(link);
    this.#limit(link);
    this.#faults?.onOpen(link);
    for (const bytes of sent) link.takeFromClient(bytes);
  }

  /**
   * A large piece waits until as much as the bucket holds may pass, and a small one only for its own
   * bytes: so connections share the link about evenly, and none waits for all of another's bytes.
   */
  #limit(link: Link): void {
    if (this.#link !== undefined) link.toClient.limit(this.#link);
  }

  #afterWay(pass: () => void): void {
    if (this.#way !== undefined && this.#hasStarted) this.#way.add(this.#options.now(), pass);
    else pass();
  }

  #afterDelay(pass: () => void): void {
    if (this.#isDelaying) this.#hold.add(this.#options.now(), pass);
    else pass();
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
      ...(this.#faults !== undefined && { fault: this.#faults.tally() }),
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#way?.stop();
    this.#faults?.close();
    this.#server.close();
    for (const link of this.#links) link.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
