// Judges the validity of one trial of stops: streams are meant to end before their last token, but
// what arrives must be what was sent, and both processes must notice in time what happens.

import type { Gate } from '../../../contract/run-file.ts';
import type { StopCell } from '../../../contract/stops.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { atMost } from '../../../trial/gate.ts';
import { machineGates, stealGates, throttlingGate } from '../../../trial/machine-gates.ts';
import { agreementGates, earlyGate, tookPartGate } from '../../../trial/stream-gates.ts';
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

/** The moment of a stop is taken when it is carried out, so only a process that hardly runs is too late. */
const LATE_NS = 25 * NS_PER_MS;
/** Timers of the relay have whole milliseconds: half of one is a twentieth of 10 ms. */
const HELD_SHARE = 0.1;

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
  { tally: { use }, keepsBytes, relay }: MeasuredStops,
  { cells, roundTripNs, hasNeighbours }: StopFindings,
): Gate[] {
  const kind = 'harness';
  const planned = cells.reduce((sum, cell) => sum + cell.planned, 0);
  // What a proxy refuses is a result.
  const missed = cells.reduce(
    (sum, cell) => sum + cell.planned - cell.stopped - (keepsBytes ? 0 : cell.failed),
    0,
  );
  const runDelay =
    use.runDelayNs === undefined || hasNeighbours ? undefined : use.runDelayNs / use.wallNs;
  const gates = [
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    atMost(
      { id: 'H4', kind, title: 'client timer lateness p99', limit: LATE_NS, unit: 'ns' },
      use.tickLatenessP99Ns,
    ),
    atMost(
      { id: 'H5', kind, title: 'client runnable but not running', limit: 0.05, unit: 'ratio' },
      runDelay,
      hasNeighbours ? 'not judged: trials ran side by side' : undefined,
    ),
    atMost(
      {
        id: 'H17',
        kind,
        title: 'streams that were not stopped as planned',
        limit: 0.05,
        unit: 'ratio',
      },
      Math.max(0, missed) / planned,
    ),
    ...(roundTripNs === undefined ? [] : [heldGate(roundTripNs / 2, relay?.heldP50Ns)]),
  ];
  return hasNeighbours ? gates.map((gate): Gate => ({ ...gate, remedy: 'alone' })) : gates;
}

/** H18 */
function heldGate(askedNs: number, heldNs: number | undefined): Gate {
  return atMost(
    {
      id: 'H18',
      kind: 'harness',
      title: 'relay beside the delay that it was told, of one way',
      limit: HELD_SHARE,
      unit: 'ratio',
    },
    heldNs === undefined ? undefined : Math.abs(heldNs / askedNs - 1),
  );
}

function correctnessGates(
  { tally, server, clock }: MeasuredStops,
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
      tally.tokenFaults + tokenGaps,
    ),
    earlyGate(server),
    tookPartGate({ streamsStarted: stopped, tokensReceived: stopped }),
    ...agreementGates({ server, client: tally, clock }),
  ];
}
