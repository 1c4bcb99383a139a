// Faults of the scenarios `reconnect` and `herd`, as values: the action, the process that injects
// it, its duration. To add a fault: its entry here, and if its kind of action is new, the one place
// that carries it out.

import { z } from 'zod';
import { DEFAULT_PATH, paths, type PathName } from './arms/paths.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const ns = z.number().positive();

/**
 * Action of path `relay` on its connections; times in ns, counted from the fault's moment on the
 * trial's clock.
 */
export const relayFaultSchema = z.discriminatedUnion('kind', [
  /** Resets every connection, on both sides (RST). */
  z.object({ kind: z.literal('reset') }),
  /** Ends every connection in good order (FIN), in the middle of its stream. */
  z.object({ kind: z.literal('end') }),
  /**
   * No byte, end or reset passes for this long, in both directions or only to the client; nothing
   * is dropped, so held bytes are forwarded when it is over. Connections that are opened meanwhile
   * are accepted and equally silent.
   */
  z.object({ kind: z.literal('blackhole'), direction: z.enum(['both', 'to-client']), forNs: ns }),
  /** Resets every connection and does not listen for this long: attempts are refused. */
  z.object({ kind: z.literal('refuse'), forNs: ns }),
  /**
   * Resets every connection and answers requests with this status for this long, as a proxy does
   * when its server is down.
   */
  z.object({ kind: z.literal('unavailable'), statusCode: z.int().min(500).max(599), forNs: ns }),
  /**
   * From the trial's start: closes a connection (FIN) on which neither side sent a byte for this
   * long.
   */
  z.object({ kind: z.literal('idle-cut'), idleNs: ns }),
  /**
   * Resets every connection; on those opened later the first byte to the client is held for this
   * long, and the rest behind it.
   */
  z.object({ kind: z.literal('hold-first-byte'), forNs: ns }),
  /** From the trial's start: limits the rate to each client. */
  z.object({ kind: z.literal('bandwidth'), bytesPerSecond: z.number().positive() }),
  /**
   * From the trial's start: takes this many bytes of each connection for a client that does not read
   * them, as a proxy with large buffers does.
   */
  z.object({ kind: z.literal('swallow'), bytes: z.int().min(1) }),
  /**
   * Cuts each connection once, after exactly this many bytes to its client; `bytes` are used in
   * turn, in order of connecting.
   */
  z.object({
    kind: z.literal('cut-after'),
    bytes: z.array(z.int().min(1)).min(1),
    how: z.enum(['fin', 'rst']),
  }),
]);

export type RelayFault = z.infer<typeof relayFaultSchema>;

export type FaultAction =
  | { readonly by: 'relay'; readonly relay: RelayFault }
  /** The server ends all connections in good order and stays up. */
  | { readonly by: 'server' }
  /**
   * A signal to the server process. After SIGKILL and SIGTERM another process takes its port,
   * `restartAfterNs` later.
   */
  | {
      readonly by: 'process';
      readonly signal: 'SIGKILL' | 'SIGTERM';
      readonly restartAfterNs: number;
      readonly keepsState: boolean;
    }
  | { readonly by: 'process'; readonly signal: 'SIGSTOP'; readonly forNs: number }
  /** This share of the clients stops reading for this long. */
  | { readonly by: 'client'; readonly share: number; readonly forNs: number }
  /** A fault between two network namespaces; needs privileges. */
  | {
      readonly by: 'network';
      readonly how: 'link-down' | 'partition' | 'loss';
      readonly forNs: number;
      readonly lossShare?: number;
    };

export interface Fault {
  /** Id in the fault matrix of the method: F1 to F12; several faults may share one. */
  readonly id: string;
  readonly title: string;
  /** One line for `streamduel list faults`. */
  readonly summary: string;
  readonly action: FaultAction;
  /** Time from the fault until its cause is over; 0 for an instantaneous fault. */
  readonly outageNs: number;
  /** Time that streams go on after the outage, without the quiet time. */
  readonly recoveryNs: number;
  /** No token is due for this long after the fault: the model is thinking. */
  readonly quietNs?: number;
  /** Replaces the run's heartbeat interval; `none` for no heartbeats at all. */
  readonly heartbeat?: 'none';
}

const seconds = (count: number): number => count * NS_PER_S;

/**
 * Length of silent outages. Not 5 s: with heartbeats every second an attempt times out 2.5 s after
 * the loss was noticed, so at 5 s a few milliseconds would decide whether attempts are in progress
 * when the outage ends, and with them p95.
 */
const OUTAGE_NS = seconds(6);

/** Default outage of `long-blackhole`; the preset sets the real one. */
export const DEFAULT_LONG_OUTAGE_NS = seconds(60);

export const faults = {
  'graceful-close': {
    id: 'F1',
    title: 'Graceful close',
    summary: 'the server ends every connection in good order, says so, and stays up',
    action: { by: 'server' },
    outageNs: 0,
    recoveryNs: seconds(2),
  },
  reset: {
    id: 'F2',
    title: 'Reset',
    summary: 'every connection is reset (TCP RST)',
    action: { by: 'relay', relay: { kind: 'reset' } },
    outageNs: 0,
    recoveryNs: seconds(2),
  },
  kill: {
    id: 'F3',
    title: 'Kill and restart',
    summary:
      'the server process is killed (SIGKILL); another takes its port after 1 s; the generation went on meanwhile, outside',
    action: { by: 'process', signal: 'SIGKILL', restartAfterNs: seconds(1), keepsState: true },
    outageNs: seconds(1),
    recoveryNs: seconds(4),
  },
  drain: {
    id: 'F4',
    title: 'Drain and replace',
    summary:
      'the server is told to end (SIGTERM), says goodbye to its streams and exits; another takes its port at once',
    action: { by: 'process', signal: 'SIGTERM', restartAfterNs: 0, keepsState: true },
    outageNs: 0,
    recoveryNs: seconds(3),
  },
  freeze: {
    id: 'F5',
    title: 'Freeze',
    summary: 'the server process stands still for 6 s (SIGSTOP, SIGCONT)',
    action: { by: 'process', signal: 'SIGSTOP', forNs: OUTAGE_NS },
    outageNs: OUTAGE_NS,
    recoveryNs: seconds(3),
  },
  blackhole: {
    id: 'F6',
    title: 'Silent loss, 6 s',
    summary: 'no byte passes in either direction for 6 s, and nobody is told',
    action: { by: 'relay', relay: { kind: 'blackhole', direction: 'both', forNs: OUTAGE_NS } },
    outageNs: OUTAGE_NS,
    recoveryNs: seconds(3),
  },
  'long-blackhole': {
    id: 'F6',
    title: 'Silent loss, long',
    summary:
      'no byte passes in either direction for 60 s (15 s in presets smoke and quick), and nobody is told',
    action: {
      by: 'relay',
      relay: { kind: 'blackhole', direction: 'both', forNs: DEFAULT_LONG_OUTAGE_NS },
    },
    outageNs: DEFAULT_LONG_OUTAGE_NS,
    recoveryNs: seconds(4),
  },
  'one-way': {
    id: 'F7',
    title: 'One-way loss',
    summary: 'no byte passes from server to client for 6 s; the other direction works',
    action: { by: 'relay', relay: { kind: 'blackhole', direction: 'to-client', forNs: OUTAGE_NS } },
    outageNs: OUTAGE_NS,
    recoveryNs: seconds(3),
  },
  'link-down': {
    id: 'F8',
    title: 'Link down',
    summary: 'the network interface of the server is down for 6 s (needs privileges)',
    action: { by: 'network', how: 'link-down', forNs: OUTAGE_NS },
    outageNs: OUTAGE_NS,
    recoveryNs: seconds(3),
  },
  partition: {
    id: 'F6',
    title: 'Partition',
    summary: 'every packet between server and clients is dropped for 6 s (needs privileges)',
    action: { by: 'network', how: 'partition', forNs: OUTAGE_NS },
    outageNs: OUTAGE_NS,
    recoveryNs: seconds(3),
  },
  'packet-loss': {
    id: 'F6',
    title: 'Packet loss',
    summary: '5 % of all packets are dropped for 5 s (needs privileges)',
    action: { by: 'network', how: 'loss', forNs: seconds(5), lossShare: 0.05 },
    outageNs: seconds(5),
    recoveryNs: seconds(3),
  },
  'idle-cut': {
    id: 'F9',
    title: 'Idle cut',
    summary:
      'the model is silent for 4.5 s, there are no heartbeats, and a proxy closes what was idle for 3 s',
    action: { by: 'relay', relay: { kind: 'idle-cut', idleNs: seconds(3) } },
    outageNs: 0,
    recoveryNs: seconds(2),
    quietNs: 4500 * NS_PER_MS,
    heartbeat: 'none',
  },
  'idle-heartbeat': {
    id: 'F9',
    title: 'Idle, with heartbeats',
    summary: 'the same silence and the same proxy, with heartbeats',
    action: { by: 'relay', relay: { kind: 'idle-cut', idleNs: seconds(3) } },
    outageNs: 0,
    recoveryNs: seconds(2),
    quietNs: 4500 * NS_PER_MS,
  },
  'hold-first-byte': {
    id: 'F9',
    title: 'Buffering proxy',
    summary: 'every connection is reset, and a proxy holds the first byte of each new one for 1 s',
    action: { by: 'relay', relay: { kind: 'hold-first-byte', forNs: seconds(1) } },
    outageNs: 0,
    recoveryNs: seconds(3),
  },
  'slow-reader': {
    id: 'F10',
    title: 'Slow reader',
    summary: 'one client in five stops reading for 5 s',
    action: { by: 'client', share: 0.2, forNs: seconds(5) },
    outageNs: seconds(5),
    recoveryNs: seconds(2),
  },
  unavailable: {
    id: 'F11',
    title: '503 on reconnect',
    // 4 s is longer than the 3 s that an EventSource waits.
    summary: 'every connection is reset, and a proxy answers 503 for 4 s',
    action: { by: 'relay', relay: { kind: 'unavailable', statusCode: 503, forNs: seconds(4) } },
    outageNs: seconds(4),
    recoveryNs: seconds(4),
  },
  'lost-state': {
    id: 'F12',
    title: 'Lost state',
    summary:
      'the server process is killed, and the one that takes its port after 1 s knows no stream',
    action: { by: 'process', signal: 'SIGKILL', restartAfterNs: seconds(1), keepsState: false },
    outageNs: seconds(1),
    recoveryNs: seconds(4),
  },
} as const satisfies Record<string, Fault>;

export type FaultName = keyof typeof faults;

export const faultNames = Object.keys(faults) as FaultName[];

/** The fault, with the plan's outage if its length is configurable. */
export function faultOf(name: FaultName, longOutageNs: number): Fault {
  const fault: Fault = faults[name];
  if (name !== 'long-blackhole') return fault;
  return {
    ...fault,
    action: { by: 'relay', relay: { kind: 'blackhole', direction: 'both', forNs: longOutageNs } },
    outageNs: longOutageNs,
  };
}

const pathsOfActions: Record<FaultAction['by'], PathName> = {
  relay: 'relay',
  network: 'netns',
  server: DEFAULT_PATH,
  process: DEFAULT_PATH,
  client: DEFAULT_PATH,
};

/** The path between client and server that this fault needs. */
export function faultPath(name: FaultName): PathName {
  return pathsOfActions[faults[name].action.by];
}

export function needsPrivileges(name: FaultName): boolean {
  return paths[faultPath(name)].needsPrivileges;
}
