// Converts the measurements of a fault trial into the saved record: stamps joined to the reconnect
// clock, gates judged.

import { joinRecovery, type JoinedRecovery } from '../join-recovery.ts';
import { planAllOffsetsNs, populationOf } from '../../../contract/population.ts';
import type { RecoveryRecord } from '../../../contract/recovery.ts';
import type { FaultedTrial, Plan } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkFaultGates } from './gates.ts';
import type { MeasuredFault } from './measure.ts';

/** @param plan Plan of the run, which says whether trials ran in parallel. */
export function recordFault(
  planned: PlannedTrial,
  measured: MeasuredFault,
  plan: Pick<Plan, 'lanes'>,
): FaultedTrial {
  const { specification, server } = measured;
  const { warmupNs, windowNs, tailNs } = specification;
  const population = populationOf(specification);
  const offsetsNs = planAllOffsetsNs(specification, population);
  const recovery = recoveryOf(measured);
  const { injected } = measured;
  const joined = joinRecovery({
    population,
    offsetsNs,
    fault: recovery.fault,
    ...(recovery.quietNs !== undefined && {
      quiet: { fromNs: recovery.faultNs, forNs: recovery.quietNs },
    }),
    faultNs: injected.faultNs,
    ...(injected.healNs !== undefined && { healNs: injected.healNs }),
    warmupEndNs: warmupNs,
    endNs: warmupNs + windowNs + tailNs,
    client: measured.clientStamps,
  });
  return {
    ...recordOf(planned, measured),
    outcome: 'faulted',
    planned: {
      streams: population.streams,
      tokens: population.totalTokens,
      windowStarts: 0,
      windowTokens: population.totalTokens,
      meanConcurrent: population.streams,
    },
    distributions: joined.distributions,
    recovery: toRecord(measured, joined),
    server,
    gates: checkFaultGates(measured, { hasNeighbours: (plan.lanes ?? 1) > 1 }),
    warnings: [],
  };
}

function recoveryOf({
  specification: { recovery },
}: MeasuredFault): NonNullable<MeasuredFault['specification']['recovery']> {
  if (recovery === undefined) throw new TypeError('a fault trial needs a fault');
  return recovery;
}

function toRecord(measured: MeasuredFault, joined: JoinedRecovery): RecoveryRecord {
  const { injected, client, server, relay, peers, kernel } = measured;
  const { fault, policy, isResumable, heartbeatNs } = recoveryOf(measured);
  const { clients, noticed, resumed, neverBack, tokensDueAway, curve } = joined;
  return {
    fault,
    policy,
    isResumable,
    ...(heartbeatNs !== undefined && { heartbeatNs }),
    faultNs: injected.faultNs,
    ...(injected.healNs !== undefined && { healNs: injected.healNs }),
    ...(injected.hit !== undefined && { hit: injected.hit }),
    clients,
    noticed,
    resumed,
    neverBack,
    tokensDueAway,
    client,
    ...(server.recovery !== undefined && { server: server.recovery }),
    ...(relay?.fault !== undefined && { relay: relay.fault }),
    curve,
    peers: {
      ...(peers.before !== undefined && { before: peers.before }),
      ...(peers.dead !== undefined && { dead: peers.dead }),
      ...(peers.end !== undefined && { end: peers.end }),
    },
    kernel,
  };
}
