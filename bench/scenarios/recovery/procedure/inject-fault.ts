// Injects a fault at its planned time and reports the real time. Faults of the relay are injected
// by the relay itself.

import assert from 'node:assert/strict';
import type { Fault, FaultAction } from '../../../contract/faults.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import type { NetworkFault } from '../../../path/path.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';
import { countPeers } from './peers.ts';

export interface Injected {
  /** Ns since T0. */
  readonly faultNs: number;
  /** Time at which the cause was over; undefined for an instantaneous fault. */
  readonly healNs?: number;
  /** Connections that were hit; undefined when they are not counted. */
  readonly hit?: number;
}

type Trial = RunningTrial<'recovery-tally'>;

/** Connections are counted this long before a server is ended. */
const COUNT_LEAD_NS = 60 * NS_PER_MS;

export async function injectFault(trial: Trial, { action }: Fault): Promise<Injected> {
  const faultNs = trial.specification.recovery?.faultNs ?? 0;
  if (action.by === 'process' && action.signal !== 'SIGSTOP')
    return await replaceServer(trial, action, faultNs);
  await trial.until(faultNs);
  if (action.by === 'server') return await closeConnections(trial);
  if (action.by === 'process') return await freeze(trial, action.forNs);
  if (action.by === 'network') return await breakNetwork(trial, action);
  return action.by === 'client' ? { faultNs, healNs: faultNs + action.forNs } : { faultNs };
}

async function closeConnections({ servers, now, signal }: Trial): Promise<Injected> {
  const faultNs = now();
  const server = onlyOne(servers.workers);
  server.send({ kind: 'close-connections' });
  const { connections } = await server.expect('connections-closed', START_TIMEOUT_MS, signal);
  return { faultNs, hit: connections };
}

type Replacement = Extract<FaultAction, { signal: 'SIGKILL' | 'SIGTERM' }>;

async function replaceServer(
  trial: Trial,
  action: Replacement,
  plannedNs: number,
): Promise<Injected> {
  const { servers, standby, epochNs, until, now, signal } = trial;
  assert(standby !== undefined, 'a server that ends has one that takes its place');
  const server = onlyOne(servers.workers);
  await until(plannedNs - COUNT_LEAD_NS);
  const { heard } = await countPeers(server, signal);
  await until(plannedNs);
  const faultNs = now();
  server.signal(action.signal);
  standby.send({ kind: 'start', epochNs: String(epochNs) });
  // A draining server keeps the port until it is done, and then sends its tally.
  if (action.signal === 'SIGTERM') await server.expect('tally', START_TIMEOUT_MS, signal);
  await until(faultNs + action.restartAfterNs);
  standby.send({ kind: 'listen', port: onlyOne(trial.ports) });
  await standby.expect('listening', START_TIMEOUT_MS, signal);
  return { faultNs, healNs: now(), hit: heard };
}

async function freeze({ servers, until, now }: Trial, forNs: number): Promise<Injected> {
  const server = onlyOne(servers.workers);
  const faultNs = now();
  server.signal('SIGSTOP');
  try {
    await until(faultNs + forNs);
  } finally {
    // Needed even if the run was interrupted: a process under SIGSTOP does not end.
    server.signal('SIGCONT');
  }
  return { faultNs, healNs: now() };
}

async function breakNetwork({ path, until, now }: Trial, action: NetworkFault): Promise<Injected> {
  assert(path.fault !== undefined, 'a fault of the network needs a path with a network of its own');
  const faultNs = now();
  const mend = await path.fault(action);
  await until(faultNs + action.forNs);
  await mend();
  return { faultNs, healNs: now() };
}
