// A whole search: asks for one load after another until the answer stands. How a load is measured is the caller's affair.

import type { SearchPlan, SearchRecord, SearchStep } from '../../contract/search.ts';
import { outcomeOf } from './judge-step.ts';
import { loadGrid, type LoadGrid } from './load-grid.ts';
import { nextStep, type Answer, type SearchRules } from './search.ts';

/** From a start of which nothing is known, and from one near the answer. */
const LONG_STRIDE = 2;
const SHORT_STRIDE = 1.25;

interface SearchLoadsOptions {
  readonly plan: Pick<SearchPlan, 'mostStreams' | 'width' | 'stepsPerLoad' | 'maxSteps'>;
  readonly startStreams: number;
  /** The burn-in block only finds where the others begin: one step a load, and from afar. */
  readonly isBurnIn: boolean;
  readonly measure: (streams: number) => Promise<SearchStep>;
}

export async function searchLoads({ plan, startStreams, isBurnIn, measure }: SearchLoadsOptions): Promise<SearchRecord> {
  const grid = loadGrid({ startStreams, mostStreams: plan.mostStreams, width: plan.width });
  const rules: SearchRules = {
    bottom: grid.bottom,
    top: grid.top,
    firstStride: grid.placesIn(isBurnIn ? LONG_STRIDE : SHORT_STRIDE),
    longestStride: grid.placesIn(LONG_STRIDE),
    stepsPerLoad: isBurnIn ? 1 : plan.stepsPerLoad,
    maxSteps: plan.maxSteps,
  };
  const taken: { readonly place: number; readonly step: SearchStep }[] = [];
  for (;;) {
    const next = nextStep(
      taken.map(({ place, step }) => ({ place, outcome: outcomeOf(step) })),
      rules,
    );
    if (next.kind === 'done')
      return toRecord(
        next,
        grid,
        taken.map(({ step }) => step),
      );
    taken.push({ place: next.place, step: await measure(grid.streamsAt(next.place)) });
  }
}

function toRecord({ end, lower, upper }: Answer, grid: LoadGrid, steps: readonly SearchStep[]): SearchRecord {
  const upperStreams = upper === undefined ? undefined : grid.streamsAt(upper);
  const beyond = steps.filter(({ streams }) => streams === upperStreams);
  return {
    steps: [...steps],
    end,
    ...(lower !== undefined && { lowerStreams: grid.streamsAt(lower) }),
    ...(upperStreams !== undefined && { upperStreams }),
    failedBy: [...new Set(beyond.flatMap(({ failed }) => failed))],
  };
}
