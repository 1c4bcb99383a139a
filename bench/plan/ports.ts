// Estimates the local ports that a trial holds, and the addresses from which its load processes
// connect. Measured on Linux 6.18 with Node 24, in network namespaces of their own, with the usual
// 28,232 local ports unless another number is given:
// - A port that the kernel chooses in connect() is shared between destinations: each server port
// can have the whole range.
// But from half of the range on, connecting takes 0.8 ms in place of 0.03, as the search then goes
// through all ports of one
// parity first. After its connection was closed a port is reusable within 2 s if
// net.ipv4.tcp_tw_reuse is on: 2372 streams
//   one after another found room in 1000 ports.
// - A port bound with an address (`localAddress`; libuv sets SO_REUSEADDR, and not
// IP_BIND_ADDRESS_NO_PORT) is held against
// all destinations, also through TIME_WAIT; each address has a range of its own. From a quarter of
// it on, connecting takes
// 1.5 ms, and 20 near its end. Bound ports are unavailable to sockets whose port the kernel
// chooses, but up to a quarter of
//   the range it is the same quarter at every address.
// One address therefore serves while half of the range suffices; beyond that, as many as needed,
// with a quarter of the range each.

import type { Plan } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { canShare } from './processes.ts';

export interface PortLimits {
  /** undefined when unknown. */
  readonly localPorts: number | undefined;
  /** Whether the kernel reuses a port in TIME_WAIT; undefined counts as no. */
  readonly reusesPorts?: boolean | undefined;
}

/**
 * Upper bound of tcp_tw_reuse_delay: one second, which kernels before 6.14 count in whole seconds
 * of the clock.
 */
const REUSED_AFTER_NS = 2 * NS_PER_S;
const COMMON_SHARE = 1 / 2;
const BOUND_SHARE = 1 / 4;
/**
 * Accepted connections of a stream that breaks once, with room for attempts that time out half way.
 */
const CONNECTIONS_PER_BROKEN_STREAM = 4;
/**
 * Share of connections that end while the next of their slot already begins: 1 in 10 is far above
 * the real share.
 */
export const OVERLAPPING = 0.1;
/** Addresses of one load process; see loopbackAddresses. */
export const MAX_ADDRESSES = 254;

export type Demanding = Pick<
  Plan,
  | 'scenario'
  | 'loadPoints'
  | 'workload'
  | 'recovery'
  | 'arrivals'
  | 'warmupNs'
  | 'windowNs'
  | 'clientProcesses'
  | 'serverProcesses'
>;

export function mostConnections({ loadPoints }: Pick<Plan, 'loadPoints'>): number {
  return Math.max(...loadPoints.map(({ connections }) => connections));
}

/**
 * Number of addresses from which each load process must connect; undefined when all can connect
 * from the usual one.
 */
export function countAddresses(
  plan: Demanding,
  { localPorts, reusesPorts }: PortLimits,
): number | undefined {
  if (localPorts === undefined || !canShare(plan.scenario)) return undefined;
  const { clientProcesses = 1, serverProcesses = 1 } = plan;
  const points = plan.loadPoints.map((loadPoint) => ({ ...plan, loadPoints: [loadPoint] }));
  const most = (portsOf: typeof portsInAll, processes: number): number =>
    Math.max(...points.map((point) => portsOf(point, mostConnections(point) / processes)));
  const held = most(
    (point, connections) => portsHeld(point, connections, { localPorts, reusesPorts }),
    serverProcesses,
  );
  if (held <= localPorts * COMMON_SHARE) return undefined;
  return Math.ceil(most(portsInAll, clientProcesses) / Math.floor(localPorts * BOUND_SHARE));
}

/**
 * Lifetime of a slot's connection: a whole stream, unless the trial has only one stream or one
 * connection a slot.
 */
function connectionNs({ workload, loadPoints }: Demanding): number {
  if (loadPoints.every(({ connecting }) => connecting === 'storm' || connecting === 'warm'))
    return Number.POSITIVE_INFINITY;
  return (
    workload.firstTokenMedianMs * NS_PER_MS +
    (workload.tokensPerStream / workload.tokensPerSecond) * NS_PER_S
  );
}

/** Ports that a machine holds at once for its connections to one server port. */
export function portsHeld(
  plan: Demanding,
  connections: number,
  { reusesPorts }: PortLimits,
): number {
  return reusesPorts === true ? portsAtOnce(plan, connections) : portsInAll(plan, connections);
}

/** Ports held at once by open streams and by streams that have just ended. */
function portsAtOnce(plan: Demanding, connections: number): number {
  if (plan.arrivals !== undefined) return portsInAll(plan, connections);
  return Math.ceil(connections * (1 + OVERLAPPING + REUSED_AFTER_NS / connectionNs(plan)));
}

/**
 * Ports of all connections of a trial. The first stream of a slot is half as long as the others.
 */
export function portsInAll(plan: Demanding, connections: number): number {
  if (plan.recovery !== undefined) return Math.ceil(connections * CONNECTIONS_PER_BROKEN_STREAM);
  if (plan.arrivals !== undefined) return portsOfArrivals(plan.arrivals, connections);
  return Math.ceil(connections * (1.5 + (plan.warmupNs + plan.windowNs) / connectionNs(plan)));
}

/** One port for each stream of the processes that have these connections. */
function portsOfArrivals(
  { most }: NonNullable<Demanding['arrivals']>,
  connections: number,
): number {
  return Math.ceil(most.streams * Math.min(1, connections / Math.max(1, most.connections)));
}

/**
 * Source addresses of a load process. Each turn gives addresses that no connection of the 253 turns
 * before it can hold in TIME_WAIT. All of 127.0.0.0/8 is this machine (RFC 1122 §3.2.1.3).
 */
export function loopbackAddresses(
  turn: number,
  place: { readonly process: number; readonly count: number },
): string[] {
  return Array.from(
    { length: place.count },
    (_, index) => `127.${1 + (turn % 254)}.${place.process}.${1 + index}`,
  );
}
