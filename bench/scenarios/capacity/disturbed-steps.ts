// Drops disturbed steps: the load failed, but neither the server nor the load generator was
// saturated, and the machine was seen to be busy with something else. That activity is measured
// outside of both, so no arm caused it.

import type { SearchStep } from '../../contract/search.ts';
import { isClientAtEnd, isServerAtEnd } from './at-end.ts';

/** Limits the repetitions: on a machine that is never quiet, a load must fail in the end. */
const MAX_DISTURBED_PER_LOAD = 2;

/**
 * The steps that a search uses, in order: a disturbed step is left out, so its load is measured
 * again, up to twice.
 */
export function heededSteps(steps: readonly SearchStep[]): readonly SearchStep[] {
  const disturbed = new Map<number, number>();
  return steps.filter((step) => {
    if (!isDisturbed(step)) return true;
    const before = disturbed.get(step.streams) ?? 0;
    disturbed.set(step.streams, before + 1);
    return before >= MAX_DISTURBED_PER_LOAD;
  });
}

function isDisturbed({ failed, disturbedBy, measured }: SearchStep): boolean {
  if (failed.length === 0 || disturbedBy.length === 0 || measured === undefined) return false;
  return !isServerAtEnd(measured) && !isClientAtEnd(measured);
}
