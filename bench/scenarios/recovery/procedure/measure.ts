// Takes the readings of a trial whose streams break: the fault as it really came, and the counts of
// all processes while the streams recover. Knows no statistics.

import type { Fault } from '../../../contract/faults.ts';
import type { KernelCounts, PeerCount, RecoveryClientTally } from '../../../contract/recovery.ts';
import type { StampColumns } from '../../../contract/stamps.ts';
import type { RelayTally, ServerTally } from '../../../contract/tally.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { startKernelCount } from '../../../trial/kernel-counters.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { injectFault, type Injected } from './inject-fault.ts';
import { countPeers, watchPeers } from './peers.ts';

export type MeasuredFault = Measured & FaultReadings;

export interface FaultReadings extends Readings {
  readonly injected: Injected;
  readonly client: RecoveryClientTally;
  readonly clientStamps: StampColumns;
  /** Tally of the server that was running at the end. */
  readonly server: ServerTally;
  readonly relay: RelayTally | undefined;
  readonly peers: {
    readonly before: PeerCount | undefined;
    readonly dead: PeerCount | undefined;
    readonly end: PeerCount | undefined;
  };
  readonly kernel: KernelCounts;
}

export async function measureFault(
  trial: RunningTrial<'recovery-tally'>,
  fault: Fault,
): Promise<FaultReadings> {
  const { warmupNs, windowNs } = trial.specification;
  await trial.until(warmupNs);
  const { done, host } = await watchHost(async () => {
    const kernel = startKernelCount(trial.networkPids);
    const [injected, peers] = await trial.orFailure(
      Promise.all([injectFault(trial, fault), watchPeers(trial, fault)]),
    );
    await trial.until(warmupNs + windowNs);
    return { kernel, injected, peers };
  }, trial.path.pids);
  await trial.drained;
  const kernel = done.kernel.stop();
  const end = await countPeers(trial.standby ?? onlyOne(trial.servers.workers), trial.signal);
  const { server, clients, relay } = await trial.finish();
  return {
    injected: { ...done.injected, ...relayMoments(relay) },
    client: onlyOne(clients),
    clientStamps: await trial.clients.stamps(),
    server,
    relay,
    peers: { ...done.peers, end },
    kernel,
    host,
  };
}

/** Times and hit connections of the fault as the relay reports them. */
function relayMoments(relay: RelayTally | undefined): Partial<Injected> {
  const fault = relay?.fault;
  if (fault?.faultNs === undefined) return {};
  return {
    faultNs: fault.faultNs,
    ...(fault.healNs !== undefined && { healNs: fault.healNs }),
    hit: fault.hit,
  };
}
