// Makes one record of all the steps of a search, each of which was a steady trial.

import { gatesOfSearch } from '../search-gates.ts';
import { mean } from '../../../analysis/statistics/moments.ts';
import type { CompletedTrial, SearchedTrial } from '../../../contract/run-file.ts';
import type { SearchRecord } from '../../../contract/search.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';

/** A step that was measured to its end. */
export interface MeasuredStep {
  readonly trial: CompletedTrial;
  /** Whether its load met all objectives. */
  readonly isCarried: boolean;
}

/** @param steps One or more, in their order. */
export function recordSearch(
  planned: PlannedTrial,
  search: SearchRecord,
  steps: readonly [MeasuredStep, ...MeasuredStep[]],
): SearchedTrial {
  const trials = steps.map(({ trial }) => trial);
  const carried = steps.filter(({ isCarried }) => isCarried).map(({ trial }) => trial);
  const stolen = carried.flatMap((trial) => trial.stolen ?? []);
  const sum = (of: (trial: CompletedTrial) => number): number =>
    trials.reduce((total, trial) => total + of(trial), 0);
  const first = steps[0].trial;
  return {
    kind: 'trial',
    ...planned,
    outcome: 'searched',
    search,
    startedAt: first.startedAt,
    clock: {
      before: first.clock.before,
      after: (trials.at(-1) ?? first).clock.after,
      sameTimeNamespace: trials.every(({ clock }) => clock.sameTimeNamespace),
    },
    wallNs: sum(({ wallNs }) => wallNs),
    overheadNs: sum(({ overheadNs }) => overheadNs),
    windowNs: sum(({ windowNs }) => windowNs),
    planned: {
      streams: sum(({ planned: { streams } }) => streams),
      tokens: sum(({ planned: { tokens } }) => tokens),
      windowStarts: sum(({ planned: { windowStarts } }) => windowStarts),
      windowTokens: sum(({ planned: { windowTokens } }) => windowTokens),
      meanConcurrent: mean(trials.map(({ planned: { meanConcurrent } }) => meanConcurrent)),
    },
    distributions: {},
    ...(stolen.length > 0 && { stolen: mean(stolen) }),
    gates: gatesOfSearch(
      carried.map(({ gates }) => gates),
      search.end,
    ),
    warnings: [],
  };
}
