// Splits the tokens of a window into its seconds.

import { stepOf, type Course } from '../contract/course.ts';
import { nearestRank } from './statistics/quantile.ts';
import { sortNumbers } from './statistics/sort-numbers.ts';

/** Fewer tokens in a step do not carry the quantile. */
const LEAST_FOR_MEDIAN = 10;
const LEAST_FOR_P99 = 100;

interface CourseInput {
  readonly windowStartNs: number;
  readonly windowEndNs: number;
}

/** Columns over the tokens of the window; NaN for a token that was never received. */
export interface CourseColumns {
  readonly plannedNs: Float64Array;
  readonly receivedNs: Float64Array;
  readonly deliveryNs: Float64Array;
}

/**
 * Tokens count in the step in which they were received, delivery in the one in which they were
 * planned: so a stall is a step with few tokens, and those that had to wait.
 */
export function measureCourse(
  { windowStartNs, windowEndNs }: CourseInput,
  { plannedNs, receivedNs, deliveryNs }: CourseColumns,
): Course {
  const windowNs = windowEndNs - windowStartNs;
  const stepNs = stepOf(windowNs);
  const count = Math.max(1, Math.ceil(windowNs / stepNs));
  const stepAt = (ns: number): number => Math.floor((ns - windowStartNs) / stepNs);
  const received = new Int32Array(count);
  const deliveries = Array.from({ length: count }, (): number[] => []);
  for (const [member, planned] of plannedNs.entries()) {
    const at = receivedNs[member] as number;
    // A token of the window's end is received after it, and belongs to no step.
    if (at >= windowStartNs && at < windowEndNs) (received[stepAt(at)] as number)++;
    const delivery = deliveryNs[member] as number;
    if (!Number.isNaN(delivery)) deliveries[stepAt(planned)]?.push(delivery);
  }
  return {
    stepNs,
    steps: deliveries.map((own, step) => {
      const sorted = sortNumbers(Float64Array.from(own));
      return Object.assign(
        { tokens: received[step] as number },
        sorted.length >= LEAST_FOR_MEDIAN && { deliveryP50Ns: nearestRank(sorted, 0.5) },
        sorted.length >= LEAST_FOR_P99 && { deliveryP99Ns: nearestRank(sorted, 0.99) },
      );
    }),
  };
}
