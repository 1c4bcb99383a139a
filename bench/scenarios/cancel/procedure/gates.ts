// Judges the validity of one trial of stops: streams are meant to end before their last token, but
// what arrives must be what was sent, and both processes must notice in time what happens.

import type { Gate } from '../../../contract/run-file.ts';
import type { StopCell } from '../../../contract/stops.ts';
import { atMost } from '../../../trial/gate.ts';
import { machineGates, stealGates, throttlingGate } from '../../../trial/machine-gates.ts';
import { agreementGates, earlyGate, tookPartGate } from '../../../trial/stream-gates.ts';
import { toldGates } from '../../../trial/told-gates.ts';
import type { MeasuredStops } from './measure.ts';

interface StopFindings {
  readonly cells: readonly StopCell[];
  /** Tokens that a receiver lacks though its stream ended in good order, and the reverse. */
  readonly tokenGaps: number;
  /** The round trip that the relay was told to add; undefined for none. */
  readonly roundTripNs: number | undefined;
  /** Trials ran in parallel. */
  readonly hasNeighbours: boolean;
}

export function checkStopGates(measured: MeasuredStops, findings: StopFindings): Gate[] {
  const { host } = measured;
  return [
    ...stealGates(host),
    throttlingGate(host),
    ...machineGates(measured),
    ...harnessGates(measured, findings),
    ...correctnessGates(measured, findings),
  ];
}

function harnessGates(
  { client: { use }, keepsBytes, relay }: MeasuredStops,
  { cells, roundTripNs, hasNeighbours }: StopFindings,
): Gate[] {
  return toldGates({
    use,
    missedTitle: 'streams that were not stopped as planned',
    planned: cells.reduce((sum, cell) => sum + cell.planned, 0),
    // What a proxy refuses is a result.
    missed: cells.reduce(
      (sum, cell) => sum + cell.planned - cell.stopped - (keepsBytes ? 0 : cell.failed),
      0,
    ),
    roundTripNs,
    heldP50Ns: relay?.heldP50Ns,
    hasNeighbours,
  });
}

function correctnessGates(
  { client, server, clock }: MeasuredStops,
  { cells, tokenGaps }: StopFindings,
): Gate[] {
  const kind = 'correctness';
  const stopped = cells.reduce((sum, cell) => sum + cell.stopped, 0);
  return [
    atMost(
      {
        id: 'C1',
        kind,
        title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      client.tokenFaults + tokenGaps,
    ),
    earlyGate(server),
    tookPartGate({ streamsStarted: stopped, tokensReceived: stopped }),
    ...agreementGates({ server, client, clock }),
  ];
}
