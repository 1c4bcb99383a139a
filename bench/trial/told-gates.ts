// Gates of the harness in trials whose clients do something to streams that run, at drawn moments.

import type { Gate } from '../contract/run-file.ts';
import type { ProcessUse } from '../contract/tally.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { atMost } from './gate.ts';
import { alone, runDelayGate, type Neighbours } from './neighbour-gates.ts';

/** An act of a client is timed when it is carried out, so only a process that hardly runs is too late. */
const LATE_NS = 25 * NS_PER_MS;
/** Timers of the relay have whole milliseconds: half of one is a twentieth of 10 ms. */
const HELD_SHARE = 0.1;
/** Largest tolerated share of what was planned and not done. */
const MISSED_SHARE = 0.05;

interface Told extends Neighbours {
  readonly use: ProcessUse;
  /** `streams that were not stopped as planned` */
  readonly missedTitle: string;
  readonly planned: number;
  readonly missed: number;
  /** The round trip that the relay was told to add; undefined for none. */
  readonly roundTripNs: number | undefined;
  readonly heldP50Ns: number | undefined;
}

export function toldGates(told: Told): Gate[] {
  const { use, missedTitle, planned, missed, roundTripNs, heldP50Ns } = told;
  const kind = 'harness';
  const gates = [
    atMost(
      { id: 'H2', kind, title: 'client event-loop utilisation, mean', limit: 0.6, unit: 'ratio' },
      use.eventLoopUtilisation,
    ),
    atMost(
      { id: 'H4', kind, title: 'client timer lateness p99', limit: LATE_NS, unit: 'ns' },
      use.tickLatenessP99Ns,
    ),
    runDelayGate(use, told),
    atMost(
      { id: 'H17', kind, title: missedTitle, limit: MISSED_SHARE, unit: 'ratio' },
      planned === 0 ? 1 : Math.max(0, missed) / planned,
    ),
    ...(roundTripNs === undefined ? [] : [heldGate(roundTripNs / 2, heldP50Ns)]),
  ];
  return alone(gates, told);
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
