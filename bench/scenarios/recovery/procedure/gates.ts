// Judges the validity of one fault trial. Streams are meant to break in it; but no token may be
// lost undeclared or arrive altered, and the harness must not be too busy to see when something
// happened.

import type { Gate } from '../../../contract/run-file.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { atMost } from '../../../trial/gate.ts';
import { machineGates, stealGates, throttlingGate } from '../../../trial/machine-gates.ts';
import {
  agreementGates,
  earlyGate,
  loadGate,
  tookPartGate,
  unissuedGate,
} from '../../../trial/stream-gates.ts';
import { alone, runDelayGate, type Neighbours } from '../../../trial/neighbour-gates.ts';
import type { MeasuredFault } from './measure.ts';

export function checkFaultGates(measured: MeasuredFault, neighbours: Neighbours): Gate[] {
  const { host } = measured;
  return [
    ...stealGates(host),
    throttlingGate(host),
    ...machineGates(measured),
    ...harnessGates(measured, neighbours),
    ...correctnessGates(measured),
  ];
}

function harnessGates({ client, specification }: MeasuredFault, neighbours: Neighbours): Gate[] {
  const kind = 'harness';
  const { use, streamsPlanned } = client;
  const gates = [
    unissuedGate(client),
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    // The limit is half of the margin of the time to a resumed stream.
    atMost(
      { id: 'H4', kind, title: 'client timer lateness p99', limit: 25 * NS_PER_MS, unit: 'ns' },
      use.tickLatenessP99Ns,
    ),
    runDelayGate(use, neighbours),
    loadGate({ asked: specification.connections, tookPart: streamsPlanned }),
  ];
  return alone(gates, neighbours);
}

function correctnessGates({
  client,
  server,
  clock,
  specification,
  injected,
}: MeasuredFault): Gate[] {
  const kind = 'correctness';
  const { recovery } = specification;
  const damaged = client.corrupt + client.reordered + client.hashMismatches;
  const early = Object.values(client.lossesBeforeFault).reduce((sum, count) => sum + count, 0);
  // A client that may not, or could not, reconnect misses tokens that it never requested.
  const isLossJudged =
    recovery?.isResumable === true && client.streamsGivenUp === 0 && client.streamsUnfinished === 0;
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens corrupt or reordered; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      damaged,
    ),
    atMost(
      {
        id: 'C2',
        kind,
        title: 'tokens lost that the server did not declare lost',
        limit: 0,
        unit: 'count',
      },
      isLossJudged ? client.lost - client.lostDeclared : undefined,
      isLossJudged
        ? undefined
        : 'not judged: without resume, or with streams that never came back, tokens are lost',
    ),
    atMost(
      { id: 'C5', kind, title: 'connections lost before the fault', limit: 0, unit: 'count' },
      early,
    ),
    earlyGate(server),
    tookPartGate(client),
    ...agreementGates({ server, client, clock }),
    atMost(
      {
        id: 'C9',
        kind,
        title: 'streams that were neither whole nor stopped nor given up at the end',
        limit: 0,
        unit: 'count',
      },
      recovery?.policy === 'identical' ? client.streamsUnfinished : undefined,
      recovery?.policy === 'identical'
        ? undefined
        : 'not judged: this policy may wait longer than the trial',
    ),
    atMost(
      { id: 'C10', kind, title: 'connections that the fault missed', limit: 0, unit: 'count' },
      injected.hit === undefined ? undefined : client.streamsStarted - injected.hit,
      injected.hit === undefined ? 'nobody counts them for this fault' : undefined,
    ),
  ];
}
