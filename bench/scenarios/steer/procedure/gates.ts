// Judges the validity of one trial of inputs: each must reach its stream once, and come back as a
// token, and both processes must notice in time what happens.

import type { Gate } from '../../../contract/run-file.ts';
import type { SteerCell } from '../../../contract/steers.ts';
import { atMost } from '../../../trial/gate.ts';
import { machineGates, stealGates, throttlingGate } from '../../../trial/machine-gates.ts';
import { agreementGates, earlyGate, tookPartGate } from '../../../trial/stream-gates.ts';
import { toldGates } from '../../../trial/told-gates.ts';
import type { MeasuredSteers } from './measured.ts';

interface SteerFindings {
  readonly cells: readonly SteerCell[];
  /** Inputs that the server took up more than once, or that no client sent to the stream. */
  readonly strays: number;
  /** The round trip that the relay was told to add; undefined for none. */
  readonly roundTripNs: number | undefined;
  /** Trials ran in parallel. */
  readonly hasNeighbours: boolean;
}

export function checkSteerGates(measured: MeasuredSteers, findings: SteerFindings): Gate[] {
  const { host, client, relay } = measured;
  const { cells, roundTripNs, hasNeighbours } = findings;
  const planned = sumOf(cells, (cell) => cell.planned);
  return [
    ...stealGates(host),
    throttlingGate(host),
    ...machineGates(measured),
    ...toldGates({
      use: client.use,
      missedTitle: 'inputs that were not sent as planned',
      planned,
      missed: planned - sumOf(cells, (cell) => cell.sent),
      roundTripNs,
      heldP50Ns: relay?.heldP50Ns,
      hasNeighbours,
    }),
    ...correctnessGates(measured, findings),
  ];
}

function correctnessGates(
  { client, server, clock, keepsBytes }: MeasuredSteers,
  { cells, strays }: SteerFindings,
): Gate[] {
  const kind = 'correctness';
  const lost = sumOf(cells, (cell) => cell.sent - Math.min(cell.received, cell.seen));
  const examples = cells.flatMap(({ example }) => example ?? []);
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens lost, duplicated, reordered or corrupt',
        limit: 0,
        unit: 'count',
      },
      client.tokenFaults,
    ),
    atMost(
      {
        id: 'C13',
        kind,
        title: 'inputs lost, repeated or astray',
        limit: 0,
        unit: 'count',
      },
      // What a proxy refuses is a result.
      strays + (keepsBytes ? lost : 0),
      examples[0],
    ),
    earlyGate(server),
    tookPartGate({
      streamsStarted: sumOf(cells, (cell) => cell.sent),
      tokensReceived: sumOf(cells, (cell) => cell.seen),
    }),
    ...agreementGates({ server, client, clock }),
  ];
}

function sumOf(cells: readonly SteerCell[], count: (cell: SteerCell) => number): number {
  return cells.reduce((sum, cell) => sum + count(cell), 0);
}
