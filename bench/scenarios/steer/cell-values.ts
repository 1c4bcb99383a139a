// The cells of one trial: pure functions from its record to a time.

import { tellWaysOf, type TellWay } from '../../contract/arms/stop-ways.ts';
import { transports } from '../../contract/arms/transports.ts';
import { quantileOf } from '../../contract/distribution.ts';
import type { SteersTrial } from '../../contract/run-file.ts';
import type { SteerCell } from '../../contract/steers.ts';
import type { StreamState } from '../../contract/told-streams.ts';
import { supportsQuantile } from '../../analysis/statistics/tail-support.ts';

/** From the send of an input to its receipt, and to that of the token that carries it. */
export type Leg = 'up' | 'back';

export type SteerQuantile = 0.5 | 0.99;

interface CellPlace {
  readonly way: TellWay;
  readonly state: StreamState;
}

export function cellOf(
  { steers }: Pick<SteersTrial, 'steers'>,
  { way, state }: CellPlace,
): SteerCell | undefined {
  return steers.cells.find((cell) => cell.way === way && cell.state === state);
}

/** The way of a transport that is compared: on a connection that is open already. */
export function warmWayOf(transport: SteersTrial['arm']['transport']): TellWay | undefined {
  return tellWaysOf(transports[transport].stops)[0];
}

/** Undefined where some input did not come back: a quantile of the others would be of the lucky ones. */
export function delayNs(
  { sent, received, seen, upNs, backNs }: SteerCell,
  { leg, quantile }: { readonly leg: Leg; readonly quantile: SteerQuantile },
  windowNs: number,
): number | undefined {
  const distribution = leg === 'up' ? upNs : backNs;
  const isWhole = (leg === 'up' ? received : seen) === sent;
  return distribution !== undefined && isWhole && supportsQuantile(quantile, distribution, windowNs)
    ? quantileOf(distribution, quantile)
    : undefined;
}
