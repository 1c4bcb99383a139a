// What planning arrivals knows of the plan around them, and what it finds.

import type { ArrivalsPlan } from '../../contract/arrivals.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import type { RunFlags } from '../../flags/run-flags.ts';
import type { AskedArrivals } from './parse-arrivals.ts';

/** Arrivals other than a steady population. */
export type Arriving = Exclude<AskedArrivals, { kind: 'steady' }>;

export interface ArrivalsPlace extends Pick<Plan, 'arms' | 'warmupNs' | 'windowNs' | 'seed'> {
  readonly workload: Workload;
  /** Burn-in included. */
  readonly blocks: number;
  readonly flags: Pick<RunFlags, 'arrivals' | 'connections'>;
}

export type FoundArrivals =
  | Omit<Extract<ArrivalsPlan, { kind: 'trace' }>, 'given' | 'most'>
  | Omit<Extract<ArrivalsPlan, { kind: 'drawn' }>, 'given' | 'most'>;

/** A plan and each of its processes keep all starts. */
export const MOST_STREAMS = 100_000;

/** `2.5`: a time of a plan, for a message. */
export function seconds(ns: number): string {
  return String(Math.round(ns / (10 * NS_PER_MS)) / 100);
}
