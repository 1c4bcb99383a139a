// The interface by which a scenario plans from the trials that are saved: pure functions of both,
// so that an interrupted run goes on alike.

import type { Arm } from '../contract/arms/arms.ts';
import type { Plan, TrialRecord } from '../contract/run-file.ts';
import type { SearchOrder } from '../contract/search.ts';

/** A trial that is measured once, after all blocks. */
export interface Supplement {
  readonly purpose: 'curve' | 'proof';
  readonly arm: Arm;
  readonly streams: readonly number[];
}

export interface FollowUp {
  /** Orders to the trials of a block besides the plan; undefined for none. */
  readonly order: (
    plan: Plan,
    block: number,
    records: readonly TrialRecord[],
  ) => SearchOrder | undefined;
  /** Empty as long as their loads are unknown. */
  readonly supplements: (plan: Plan, records: readonly TrialRecord[]) => readonly Supplement[];
  /** The number of supplements once their loads are known. */
  readonly countSupplements: (plan: Plan) => number;
}
