// Selects the steps of a search at its answer: those in which the highest carried load was carried.

import type { SearchedTrial } from '../../contract/run-file.ts';
import type { MeasuredStep, SearchStep } from '../../contract/search.ts';
import { heededSteps } from './disturbed-steps.ts';
import { isSearch } from './follow-up.ts';

/** Empty when the answer only says "at least", or when there is none. */
export function carriedSteps(trial: SearchedTrial): readonly MeasuredStep[] {
  const { end, steps, lowerStreams } = trial.search;
  if (!isSearch(trial) || !isAnswer(end)) return [];
  return steps
    .filter((step) => step.streams === lowerStreams && step.failed.length === 0)
    .flatMap(({ measured }) => measured ?? []);
}

/**
 * The highest load that was carried by a search that did not end at the server: its answer is at
 * least that.
 */
export function leastCarried(trial: SearchedTrial): number | undefined {
  return isSearch(trial) && !isAnswer(trial.search.end) ? trial.search.lowerStreams : undefined;
}

/** The steps just beyond the answer that failed. */
export function stepsBeyond({
  search: { steps, upperStreams },
}: SearchedTrial): readonly SearchStep[] {
  return heededSteps(steps).filter(
    (step) => step.streams === upperStreams && step.failed.length > 0,
  );
}

/**
 * Whether the search ended at the server, and not at the load generator or at the highest load that
 * it may try.
 */
function isAnswer(end: SearchedTrial['search']['end']): boolean {
  return end === 'found' || end === 'steps';
}
