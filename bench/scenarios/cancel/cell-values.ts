// The cells of one trial: pure functions from its record to a time or a count.

import { waysOf, type StopKind, type StopWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { StopsTrial } from '../../contract/run-file.ts';
import type { StopCell } from '../../contract/stops.ts';
import type { StreamState } from '../../contract/told-streams.ts';
import { mean, median } from '../../analysis/statistics/moments.ts';

export interface CellPlace {
  readonly way: StopWay;
  readonly state: StreamState;
}

export function cellOf(
  { stops }: Pick<StopsTrial, 'stops'>,
  { way, state }: CellPlace,
): StopCell | undefined {
  return stops.cells.find((cell) => cell.way === way && cell.state === state);
}

/** The cell of the way of this kind that the arm's transport has. */
export function cellOfKind(
  trial: Pick<StopsTrial, 'stops' | 'arm'>,
  { kind, state }: { readonly kind: StopKind; readonly state: StreamState },
): StopCell | undefined {
  const way = transports[trial.arm.transport].stops[kind];
  return way === undefined ? undefined : cellOf(trial, { way, state });
}

export function latencyNs({ latencyNs: samples }: StopCell): number | undefined {
  return median(samples);
}

/** Mean, since most of few are 0. */
export function vainTokens({ vainTokens: samples }: StopCell): number | undefined {
  return samples.length === 0 ? undefined : mean(samples);
}

export function vainBytes({ vainBytes: samples }: StopCell): number | undefined {
  return samples.length === 0 ? undefined : mean(samples);
}

/** Undefined where the kernel or a library sends them. */
export function sentBytes({ sentBytes: samples }: StopCell): number | undefined {
  return samples.length === 0 ? undefined : mean(samples);
}

/** The ways of an arm's transport, those that are compared first. */
export function waysOfArm({ arm }: Pick<StopsTrial, 'arm'>): readonly StopWay[] {
  return waysOf(transports[arm.transport].stops);
}
