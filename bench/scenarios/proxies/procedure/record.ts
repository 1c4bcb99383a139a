// Converts the measurements of a trial of single streams over a path into the saved record, gates
// judged.

import type { Gate, Plan, ProxyCellsTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { atMost } from '../../../trial/gate.ts';
import { otherProgramsGate, stealGates, tracerGate } from '../../../trial/machine-gates.ts';
import { earlyGate } from '../../../trial/stream-gates.ts';
import { recordOf } from '../../../trial/trial-record.ts';
import { MOST_LATE_NS } from '../cell-values.ts';
import type { MeasuredCells } from './measure.ts';

export function recordCells(
  planned: PlannedTrial,
  measured: MeasuredCells,
  { lanes = 1 }: Pick<Plan, 'lanes'>,
): ProxyCellsTrial {
  return {
    ...recordOf(planned, measured),
    outcome: 'proxy-cells',
    planned: { streams: 0, tokens: 0, windowStarts: 0, windowTokens: 0, meanConcurrent: 0 },
    distributions: {},
    proxyCells: {
      ...measured.tally,
      gone: [...measured.gone],
      taken: [...measured.taken],
      restart: measured.restart,
    },
    gates: gatesOf(measured, lanes > 1),
    warnings: [],
  };
}

/** Streams that fail are results; tokens that arrive must be those that were sent, in their order. */
function gatesOf(
  { host, tracers, tally, earlyTokens }: MeasuredCells,
  hasNeighbours: boolean,
): Gate[] {
  return [
    ...stealGates(host),
    // All processes of the trial are among those of the readings; those of trials beside it cannot be
    // told from other programs.
    ...(hasNeighbours ? [] : [otherProgramsGate(host, 0)]),
    tracerGate(tracers),
    atMost(
      {
        id: 'H4',
        kind: 'harness',
        title: 'client timer lateness p99',
        limit: MOST_LATE_NS,
        unit: 'ns',
      },
      tally.tickLatenessP99Ns,
    ),
    atMost(
      {
        id: 'C1',
        kind: 'correctness',
        title: 'tokens lost, duplicated, reordered or corrupt; hashes that differ',
        limit: 0,
        unit: 'count',
      },
      tally.tokenFaults,
    ),
    earlyGate({ earlyTokens }),
  ];
}
