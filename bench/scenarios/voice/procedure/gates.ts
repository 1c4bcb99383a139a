// Judges the validity of one trial of sessions in which both ends send. A frame that was never sent
// because the one before it took too long is a result; one that was sent and did not arrive, arrived
// twice, out of order or altered, is a defect.

import { summariseDistribution } from '../../../analysis/statistics/summarise-distribution.ts';
import { quantileOf } from '../../../contract/distribution.ts';
import type { DuplexServerTally, LaneBytes } from '../../../contract/duplex.ts';
import { countFaults } from '../../../contract/frame-check.ts';
import type { Gate } from '../../../contract/run-file.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { atMost } from '../../../trial/gate.ts';
import {
  cpuNs,
  machineGates,
  otherProgramsGate,
  stealGates,
  throttlingGate,
} from '../../../trial/machine-gates.ts';
import { agreementGates, tookPartGate } from '../../../trial/stream-gates.ts';
import { alone, runDelayGate, type Neighbours } from '../../../trial/neighbour-gates.ts';
import type { MeasuredDuplex } from './measure.ts';

/** Half of a frame: a sender that is later than that is not the voice that was planned. */
const LATE_NS = 10 * NS_PER_MS;

export function checkDuplexGates(
  measured: MeasuredDuplex,
  taken: DuplexServerTally,
  neighbours: Neighbours,
): Gate[] {
  return [
    ...environmentGates(measured, neighbours),
    ...harnessGates(measured, taken, neighbours),
    ...correctnessGates(measured, taken),
  ];
}

function environmentGates(measured: MeasuredDuplex, { hasNeighbours }: Neighbours): Gate[] {
  const { host, server, client } = measured;
  return [
    ...stealGates(host),
    ...(hasNeighbours ? [] : [otherProgramsGate(host, cpuNs(server.use) + cpuNs(client.use))]),
    throttlingGate(host),
    ...machineGates(measured),
  ];
}

function harnessGates(
  { client }: MeasuredDuplex,
  taken: DuplexServerTally,
  neighbours: Neighbours,
): Gate[] {
  const kind = 'harness';
  const { use } = client;
  const gates = [
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    runDelayGate(use, neighbours),
    lateGate('H3', 'frames up handed over late, p99', client.readyLateNs),
    lateGate('H4', 'frames down written late, p99', taken.writtenLateNs),
  ];
  return alone(gates, neighbours);
}

function lateGate(id: string, title: string, lateNs: readonly number[]): Gate {
  return atMost(
    { id, kind: 'harness', title, limit: LATE_NS, unit: 'ns' },
    quantileOf(summariseDistribution(Float64Array.from(lateNs)), 0.99),
    lateNs.length === 0 ? 'no frame was due in the window' : undefined,
  );
}

function correctnessGates(
  { client, server, clock }: MeasuredDuplex,
  taken: DuplexServerTally,
): Gate[] {
  const kind = 'correctness';
  const lost =
    Math.abs(client.framesUp - taken.up.frames) + Math.abs(taken.framesDown - client.down.frames);
  const examples = client.errors
    .map(({ cause, count, example }) => `${cause} ×${count}: ${example}`)
    .join('; ');
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'frames lost, repeated, reordered or corrupt, both directions',
        limit: 0,
        unit: 'count',
      },
      lost + countFaults(taken.up.faults) + countFaults(client.down.faults),
    ),
    atMost(
      { id: 'C2', kind, title: 'bytes beside the byte model', limit: 0, unit: 'bytes' },
      besideModel(client.bytes.up) + besideModel(client.bytes.down),
    ),
    atMost(
      { id: 'C5', kind, title: 'sessions that failed', limit: 0, unit: 'count' },
      client.sessions - client.whole,
      examples || undefined,
    ),
    atMost(
      {
        id: 'C9',
        kind,
        title: 'sessions counted as whole that the server never finished',
        limit: 0,
        unit: 'count',
      },
      Math.max(0, client.whole - (taken.ended['whole'] ?? 0)),
    ),
    ...agreementGates({ server, client, clock }),
    tookPartGate({ streamsStarted: client.whole, tokensReceived: client.down.frames }),
  ];
}

function besideModel({ socket, heads, answers, model }: LaneBytes): number {
  return Math.abs(socket - heads - answers - model);
}
