// Runs a whole search: tries one load after another until the answer is decided. The caller
// measures each load.

import type { SearchPlan, SearchRecord, SearchStep } from '../../contract/search.ts';
import { heededSteps } from './disturbed-steps.ts';
import { outcomeOf } from './judge-step.ts';
import { loadGrid, type LoadGrid } from './load-grid.ts';
import { nextStep, type Answer, type SearchRules } from './search.ts';

/** First stride as a factor: from an arbitrary start, and from a start near the answer. */
const LONG_STRIDE = 2;
const SHORT_STRIDE = 1.25;

interface SearchLoadsOptions {
  readonly plan: Pick<SearchPlan, 'mostStreams' | 'width' | 'stepsPerLoad' | 'maxSteps'>;
  readonly startStreams: number;
  /** The burn-in block only finds where the others begin: one step per load, with long strides. */
  readonly isBurnIn: boolean;
  readonly measure: (streams: number) => Promise<SearchStep>;
}

export async function searchLoads({
  plan,
  startStreams,
  isBurnIn,
  measure,
}: SearchLoadsOptions): Promise<SearchRecord> {
  const grid = loadGrid({ startStreams, mostStreams: plan.mostStreams, width: plan.width });
  const rules: Omit<SearchRules, 'maxSteps'> = {
    bottom: grid.bottom,
    top: grid.top,
    firstStride: grid.placesIn(isBurnIn ? LONG_STRIDE : SHORT_STRIDE),
    longestStride: grid.placesIn(LONG_STRIDE),
    stepsPerLoad: isBurnIn ? 1 : plan.stepsPerLoad,
  };
  const steps: SearchStep[] = [];
  const places = new Map<number, number>();
  for (;;) {
    const heeded = heededSteps(steps);
    const tried = heeded.map((step) => ({
      place: places.get(step.streams) as number,
      outcome: outcomeOf(step),
    }));
    const next = nextStep(tried, {
      ...rules,
      maxSteps: plan.maxSteps - (steps.length - heeded.length),
    });
    if (next.kind === 'done') return toRecord(next, grid, steps);
    const streams = grid.streamsAt(next.place);
    places.set(streams, next.place);
    steps.push(await measure(streams));
  }
}

const MOST_HEADLINE_STEPS = 3;

/**
 * The first step that nothing else on the machine disturbed; the last one, marked as disturbed,
 * when all were.
 */
export async function measureHeadline(
  streams: number,
  measure: SearchLoadsOptions['measure'],
): Promise<SearchStep> {
  for (let left = MOST_HEADLINE_STEPS - 1; ; left--) {
    const step = await measure(streams);
    if (step.disturbedBy.length === 0 || left === 0) return step;
  }
}

function toRecord(
  { end, lower, upper }: Answer,
  grid: LoadGrid,
  steps: readonly SearchStep[],
): SearchRecord {
  const upperStreams = upper === undefined ? undefined : grid.streamsAt(upper);
  const beyond = heededSteps(steps).filter(({ streams }) => streams === upperStreams);
  return {
    steps: [...steps],
    end,
    ...(lower !== undefined && { lowerStreams: grid.streamsAt(lower) }),
    ...(upperStreams !== undefined && { upperStreams }),
    failedBy: [...new Set(beyond.flatMap(({ failed }) => failed))],
  };
}
