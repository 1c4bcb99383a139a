// Finds parallel trials whose load generator was late because of the others. The whole load point
// of the block is measured again, with all its arms: an arm that is late more often must not have
// more attempts than the others.

import { loadPointKey } from '../contract/load-point.ts';
import type { Plan, TrialRecord } from '../contract/run-file.ts';

/**
 * True when the trial missed a gate that parallel trials may have caused; false for one that ran
 * alone.
 */
function isLateBesideOthers(trial: TrialRecord): boolean {
  return (
    trial.outcome !== 'failed' &&
    trial.alone !== true &&
    trial.gates.some(({ ok, remedy }) => !ok && remedy === 'alone')
  );
}

/**
 * Keys of the load points that are measured again alone, given the trials of one measurement of one
 * block.
 */
export function lateLoadPoints(trials: readonly TrialRecord[]): ReadonlySet<string> {
  return new Set(trials.filter(isLateBesideOthers).map(({ loadPoint }) => loadPointKey(loadPoint)));
}

/**
 * The trials that count: the later ones at a load point that was measured again alone with every
 * arm, else the first ones.
 */
export function preferAlone(trials: readonly TrialRecord[], arms: number): readonly TrialRecord[] {
  const again = Map.groupBy(
    trials.filter(({ alone }) => alone === true),
    ({ loadPoint }) => loadPointKey(loadPoint),
  );
  return trials.filter(
    ({ loadPoint, alone }) =>
      (again.get(loadPointKey(loadPoint))?.length === arms) === (alone === true),
  );
}

/**
 * The number of trials that may run in parallel from here on: one fewer for each that was late,
 * until half are left.
 */
export function carriedLanes(
  { lanes = 1 }: Pick<Plan, 'lanes'>,
  records: readonly TrialRecord[],
): number {
  return Math.max(Math.ceil(lanes / 2), lanes - records.filter(isLateBesideOthers).length);
}
