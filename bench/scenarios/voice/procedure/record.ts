// Converts the measurements of sessions in which both ends send into the saved record, gates judged.

import assert from 'node:assert/strict';
import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import type { Distribution } from '../../../contract/distribution.ts';
import {
  dueNs,
  planSessions,
  type DuplexRecord,
  type ReceivedFrames,
} from '../../../contract/duplex.ts';
import type { DistributionName, DuplexTrialRecord, Plan } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { cpuNs } from '../../../trial/machine-gates.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { checkDuplexGates } from './gates.ts';
import type { MeasuredDuplex } from './measure.ts';

export function recordDuplex(
  planned: PlannedTrial,
  measured: MeasuredDuplex,
  { lanes = 1 }: Pick<Plan, 'lanes'>,
): DuplexTrialRecord {
  const { client, server } = measured;
  const { duplex: taken } = server;
  assert(taken !== undefined, 'a server of this procedure counts frames');
  return {
    ...recordOf(planned, measured),
    outcome: 'duplex',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: present({
      frameUpNs: receivedDistribution(taken.up),
      frameDownNs: receivedDistribution(client.down),
      frameReadyNs: summariseDistribution(Float64Array.from(client.readyLateNs)),
      frameWrittenNs: summariseDistribution(Float64Array.from(taken.writtenLateNs)),
      bargeInNs: summariseDistribution(
        Float64Array.from(client.bargeIns.flatMap(({ afterNs }) => afterNs ?? [])),
      ),
    }),
    duplex: summarise(measured, taken.up),
    gates: checkDuplexGates(measured, taken, { hasNeighbours: lanes > 1 }),
    warnings: [],
  };
}

function present(
  all: Partial<Record<DistributionName, Distribution | undefined>>,
): Partial<Record<DistributionName, Distribution>> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])),
  );
}

/** Samples in the order in which their frames were due, so that those of one stall are neighbours. */
function receivedDistribution({ dueNs: due, delayNs }: ReceivedFrames): Distribution | undefined {
  const order = Array.from(due, (_, index) => index).toSorted(
    (a, b) => (due[a] as number) - (due[b] as number),
  );
  return summariseDistribution(
    Float64Array.from(order, (index) => delayNs[index] as number),
    Float64Array.from(order, (index) => due[index] as number),
  );
}

function summarise(
  { specification, client, server, relay }: MeasuredDuplex,
  up: ReceivedFrames,
): DuplexRecord {
  const { duplex: plan } = specification;
  assert(plan !== undefined, 'a trial of this procedure says what a session is');
  const sessions = planSessions({ ...specification, duplex: plan });
  const { warmupNs, windowNs } = specification;
  const plannedIn = (direction: 'up' | 'down'): number =>
    sessions.reduce(
      (sum, session) =>
        sum +
        Array.from({ length: session.frames }, (_, frame) =>
          dueNs(session, direction, frame),
        ).filter((atNs) => atNs >= warmupNs && atNs < warmupNs + windowNs).length,
      0,
    );
  const received = (direction: 'up' | 'down', { delayNs }: ReceivedFrames) => ({
    planned: plannedIn(direction),
    delivered: delayNs.length,
    inTime: delayNs.filter((ns) => ns <= plan.deadlineNs).length,
  });
  const { behindLargeNs, largeNs } = client;
  return {
    sessions: sessions.length,
    frameNs: plan.frameNs,
    up: received('up', up),
    down: received('down', client.down),
    bargeIns: {
      of: client.bargeIns.length,
      stopped: client.bargeIns.filter(({ afterNs }) => afterNs !== undefined).length,
    },
    bytes: client.bytes,
    ...(behindLargeNs.length > 0 &&
      largeNs !== undefined && { behindLargeMaxNs: Math.max(...behindLargeNs), largeNs }),
    serverCpuNs: cpuNs(server.use),
    held: server.duplex?.held ?? 0,
    ...(relay?.heldP50Ns !== undefined && { relayHeldP50Ns: relay.heldP50Ns }),
  };
}
