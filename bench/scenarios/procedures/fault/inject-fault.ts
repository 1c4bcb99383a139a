// Injects a fault at its planned time and reports the real time. Faults of the relay are injected by the relay itself.

import assert from 'node:assert/strict';
import type { Fault, FaultAction } from '../../../contract/faults.ts';
import type { FromServer, TrialSpecification } from '../../../contract/messages.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import type { NetworkFault, Path } from '../../../path/path.ts';
import { sleepUntil } from '../../../trial/trial-moments.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';
import { countPeers } from './peers.ts';

export interface Injected {
  /** Ns since T0. */
  readonly faultNs: number;
  /** Time at which the cause was over; undefined for an instantaneous fault. */
  readonly healNs?: number;
  /** Connections that were hit; undefined when they are not counted. */
  readonly hit?: number;
}

export interface InjectOptions {
  readonly epochNs: bigint;
  readonly specification: TrialSpecification;
  readonly fault: Fault;
  readonly server: Worker<FromServer>;
  /** The server that takes over, for faults that end the first one. */
  readonly standby: Worker<FromServer> | undefined;
  /** Port on which both servers listen. */
  readonly port: number;
  readonly path: Path;
  readonly signal: AbortSignal;
}

/** Connections are counted this long before a server is ended. */
const COUNT_LEAD_NS = 60 * NS_PER_MS;

export async function injectFault(options: InjectOptions): Promise<Injected> {
  const { fault, specification, epochNs, signal } = options;
  const { action } = fault;
  const faultNs = specification.recovery?.faultNs ?? 0;
  if (action.by === 'process' && action.signal !== 'SIGSTOP') return await replaceServer(action, options, faultNs);
  await sleepUntil(epochNs, faultNs, signal);
  if (action.by === 'server') return await closeConnections(options);
  if (action.by === 'process') return await freeze(action.forNs, options);
  if (action.by === 'network') return await breakNetwork(action, options);
  return action.by === 'client' ? { faultNs, healNs: faultNs + action.forNs } : { faultNs };
}

const sinceEpoch = (epochNs: bigint): number => Number(process.hrtime.bigint() - epochNs);

async function closeConnections({ server, epochNs, signal }: InjectOptions): Promise<Injected> {
  const faultNs = sinceEpoch(epochNs);
  server.send({ kind: 'close-connections' });
  const { connections } = await server.expect('connections-closed', START_TIMEOUT_MS, signal);
  return { faultNs, hit: connections };
}

type Replacement = Extract<FaultAction, { signal: 'SIGKILL' | 'SIGTERM' }>;

async function replaceServer(action: Replacement, options: InjectOptions, plannedNs: number): Promise<Injected> {
  const { server, standby, port, epochNs, signal } = options;
  await sleepUntil(epochNs, plannedNs - COUNT_LEAD_NS, signal);
  const { heard } = await countPeers(server, signal);
  await sleepUntil(epochNs, plannedNs, signal);
  const faultNs = sinceEpoch(epochNs);
  server.signal(action.signal);
  standby?.send({ kind: 'start', epochNs: String(epochNs) });
  // A draining server keeps the port until it is done, and then sends its tally.
  if (action.signal === 'SIGTERM') await server.expect('tally', START_TIMEOUT_MS, signal);
  await sleepUntil(epochNs, faultNs + action.restartAfterNs, signal);
  standby?.send({ kind: 'listen', port });
  await standby?.expect('listening', START_TIMEOUT_MS, signal);
  return { faultNs, healNs: sinceEpoch(epochNs), hit: heard };
}

async function freeze(forNs: number, { server, epochNs, signal }: InjectOptions): Promise<Injected> {
  const faultNs = sinceEpoch(epochNs);
  server.signal('SIGSTOP');
  try {
    await sleepUntil(epochNs, faultNs + forNs, signal);
  } finally {
    // Needed even if the run was interrupted: a process under SIGSTOP does not end.
    server.signal('SIGCONT');
  }
  return { faultNs, healNs: sinceEpoch(epochNs) };
}

async function breakNetwork(action: NetworkFault, { path, epochNs, signal }: InjectOptions): Promise<Injected> {
  assert(path.fault !== undefined, 'a fault of the network needs a path with a network of its own');
  const faultNs = sinceEpoch(epochNs);
  const mend = await path.fault(action);
  await sleepUntil(epochNs, faultNs + action.forNs, signal);
  await mend();
  return { faultNs, healNs: sinceEpoch(epochNs) };
}
