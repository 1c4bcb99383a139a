// The interface of the path between the server and the clients of a trial. Each kind of path is one
// file beside this one.

import type { ForwardProxy } from '../contract/arms/proxies/proxy.ts';
import type { FaultAction, RelayFault } from '../contract/faults.ts';
import type { RelayTally } from '../contract/tally.ts';
import type { StartWorker } from '../trial/worker.ts';

/** A fault of the network itself, which only a path with a network of its own can have. */
export type NetworkFault = Extract<FaultAction, { by: 'network' }>;

export interface Path extends AsyncDisposable {
  /**
   * Whether clients read exactly the bytes that the server wrote; false for a proxy that frames or
   * compresses them anew.
   */
  readonly keepsBytes: boolean;
  /**
   * Processes that pass bytes on: the CPU time that they use is the trial's own, and neither end's.
   */
  readonly pids: readonly number[];
  /** Address on which the server listens, and the one to which clients connect. */
  readonly serverHost: string;
  readonly clientHost: string;
  /** Whether both ends are in the network of this host, where this process can be reached, too. */
  readonly isOnHostNetwork: boolean;
  /** Commands within which the processes of either end must run; empty for none. */
  readonly withinServer: readonly string[];
  readonly withinClient: readonly string[];
  /** Leads to this port of the server, and resolves with the port that clients connect to. */
  readonly connect: (serverPort: number, signal: AbortSignal) => Promise<number>;
  /**
   * The forward proxy that clients name the server to, once `connect` has resolved with the server’s
   * own port; undefined on a path without one.
   */
  readonly through?: (ForwardProxy & { readonly port: number }) | undefined;
  /**
   * Agrees on T0, from which on the path delays bytes or breaks connections if it was opened to do
   * so.
   */
  readonly start: (epochNs: bigint) => void;
  /**
   * Breaks the network between both ends until the returned function is called. Absent: it has no
   * network of its own.
   */
  readonly fault?: (action: NetworkFault) => Promise<() => Promise<void>>;
  /**
   * Ends the passing on of bytes; undefined from a path that counts nothing. Call once, when all
   * streams are over.
   */
  readonly tally: (signal: AbortSignal) => Promise<RelayTally | undefined>;
}

export interface PathOptions {
  /** Starts a process that passes bytes on. */
  readonly startWorker: StartWorker;
  /** Time for which bytes to the client are held; 0 for none. */
  readonly delayNs: number;
  /** Round trip that the path adds from T0 on; 0 or absent for none. */
  readonly roundTripNs?: number | undefined;
  /** Bytes to all clients together, from T0 on: a link that their connections share. */
  readonly bytesPerSecond?: number | undefined;
  /** Bytes to the server, of all clients together, from T0 on. */
  readonly uplinkBytesPerSecond?: number | undefined;
  /** The fault that strikes connections, and its moment in ns since T0. */
  readonly fault?: { readonly action: RelayFault; readonly atNs: number } | undefined;
  /** The limits of idle time of a real proxy are divided by this; 1 when absent. */
  readonly idleScale?: number | undefined;
}

/** @throws BenchError LIMIT when this machine cannot have such a path */
export type OpenPath = (options: PathOptions) => Path | Promise<Path>;
