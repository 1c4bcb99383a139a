// Summarises every way of stopping, arm by arm: medians over trials. Nothing is tested here; what is
// compared is in the metrics.

import type { StopKind, StopWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { StopsTrial } from '../../contract/run-file.ts';
import type { StopCell } from '../../contract/stops.ts';
import { streamStates, type StreamState } from '../../contract/told-streams.ts';
import type { MeasuredArm, MeasuredLoadPoint } from '../../analysis/measured-trials.ts';
import { median } from '../../analysis/statistics/moments.ts';
import { cellOf, latencyNs, sentBytes, vainBytes, vainTokens, waysOfArm } from './cell-values.ts';
import type { StopCellFinding } from './findings.ts';

export function analyseStops(points: readonly MeasuredLoadPoint[]): readonly StopCellFinding[] {
  return points.flatMap(({ loadPoint, arms }) =>
    arms.flatMap((measured) =>
      waysOfArm(measured).flatMap((way) =>
        streamStates.map((state) =>
          describeCell(measured, { way, state, roundTripNs: loadPoint.roundTripNs }),
        ),
      ),
    ),
  );
}

interface Place {
  readonly way: StopWay;
  readonly state: StreamState;
  readonly roundTripNs: number | undefined;
}

function describeCell(
  { arm, name, completed }: MeasuredArm,
  { way, state, roundTripNs }: Place,
): StopCellFinding {
  const cells = completed
    .filter((trial): trial is StopsTrial => trial.outcome === 'stops')
    .flatMap((trial) => cellOf(trial, { way, state }) ?? []);
  const sum = (count: (cell: StopCell) => number): number =>
    cells.reduce((total, cell) => total + count(cell), 0);
  const medianOf = (value: (cell: StopCell) => number | undefined): number | undefined =>
    median(cells.flatMap((cell) => value(cell) ?? []));
  const kind = kindOf(way, arm.transport);
  const latency = medianOf(latencyNs);
  return {
    arm: name,
    transport: arm.transport,
    way,
    state,
    stopped: sum(({ stopped }) => stopped),
    unnoticed: sum(({ unnoticed }) => unnoticed),
    failed: sum(({ failed }) => failed),
    ...defined({
      roundTripNs,
      kind,
      example: cells.find(({ example }) => example !== undefined)?.example,
      latencyNs: latency,
      roundTrips:
        latency === undefined || roundTripNs === undefined ? undefined : latency / roundTripNs,
      vainTokens: medianOf(vainTokens),
      vainBytes: medianOf(vainBytes),
      sentBytes: medianOf(sentBytes),
    }),
  };
}

function kindOf(way: StopWay, transport: keyof typeof transports): StopKind | undefined {
  const { leave, say } = transports[transport].stops;
  if (way === leave) return 'leave';
  return way === say ? 'say' : undefined;
}

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** Without the fields that have no value. */
function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Defined<Fields>;
}
