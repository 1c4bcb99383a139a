// Summarises every way of giving input, arm by arm: medians over trials. Nothing is tested here; what
// is compared is in the metrics.

import { tellWaysOf, type TellWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { SteersTrial } from '../../contract/run-file.ts';
import type { SteerCell } from '../../contract/steers.ts';
import { streamStates, type StreamState } from '../../contract/told-streams.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';
import { cellOf, delayNs, type Leg } from './cell-values.ts';
import type { SteerCellFinding, SteerTimes } from './findings.ts';

export function analyseSteers(points: readonly MeasuredLoadPoint[]): readonly SteerCellFinding[] {
  return points.flatMap(({ loadPoint, arms }) =>
    arms.flatMap((measured) =>
      tellWaysOf(transports[measured.arm.transport].stops).flatMap((way) =>
        streamStates.map((state) =>
          describeCell(measured, { way, state, roundTripNs: loadPoint.roundTripNs }),
        ),
      ),
    ),
  );
}

interface Place {
  readonly way: TellWay;
  readonly state: StreamState;
  readonly roundTripNs: number | undefined;
}

interface TrialCell {
  readonly cell: SteerCell;
  readonly windowNs: number;
}

function describeCell(
  { arm, name, completed }: MeasuredArm,
  { way, state, roundTripNs }: Place,
): SteerCellFinding {
  const cells = completed
    .filter((trial): trial is SteersTrial => trial.outcome === 'steers')
    .flatMap((trial) => {
      const cell = cellOf(trial, { way, state });
      return cell === undefined ? [] : [{ cell, windowNs: trial.windowNs }];
    });
  const sum = (count: (cell: SteerCell) => number): number =>
    cells.reduce((total, { cell }) => total + count(cell), 0);
  const example = cells.find(({ cell }) => cell.example !== undefined)?.cell.example;
  return {
    ...(roundTripNs !== undefined && { roundTripNs }),
    arm: name,
    transport: arm.transport,
    way,
    state,
    sent: sum(({ sent }) => sent),
    seen: sum(({ seen }) => seen),
    failed: sum(({ failed }) => failed),
    ...(example !== undefined && { example }),
    up: timesOf(cells, 'up'),
    back: timesOf(cells, 'back'),
    sentBytes: Math.max(0, ...cells.map(({ cell }) => cell.sentBytes)),
  };
}

function timesOf(cells: readonly TrialCell[], leg: Leg): SteerTimes {
  const medianOf = (quantile: 0.5 | 0.99): number | undefined => {
    const values = cells.map(({ cell, windowNs }) => delayNs(cell, { leg, quantile }, windowNs));
    // All or none, as for metrics: trials that lack a number lack it because they went badly.
    return values.includes(undefined) ? undefined : median(values.flatMap((value) => value ?? []));
  };
  const [p50Ns, p99Ns] = [medianOf(0.5), medianOf(0.99)];
  return { ...(p50Ns !== undefined && { p50Ns }), ...(p99Ns !== undefined && { p99Ns }) };
}
