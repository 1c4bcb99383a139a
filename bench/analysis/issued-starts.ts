// Judges whether the starts of streams, as they were issued, are Poisson arrivals.

import { deriveSeed } from '../contract/random.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { andersonDarlingExponential, CRITICAL_1_PERCENT } from './statistics/anderson-darling.ts';

export interface ArrivalsJudgement {
  /**
   * Anderson–Darling statistic of the gaps against an exponential; undefined when it was not
   * judged.
   */
  readonly statistic: number | undefined;
  readonly limit: number;
  readonly note: string | undefined;
}

/** Lancet's rule (Kogias et al. 2019): twice the strictest critical value. */
const ARRIVALS_LIMIT = 2 * CRITICAL_1_PERCENT;
/**
 * A timer of 1 ms issues starts that are due in one millisecond together, so that gaps not much
 * longer look quantised, whatever their law. A random subset of Poisson arrivals is Poisson, so a
 * subset is judged when starts are closer.
 */
const LEAST_MEAN_GAP_NS = 25 * NS_PER_MS;

/**
 * @param startsNs When each start of the window was issued, in the order of the plan. @param seed
 * Draws the subset that is judged.
 */
export function judgeArrivals(startsNs: Float64Array, seed: number): ArrivalsJudgement {
  const share = meanGapOf(startsNs.toSorted()) / LEAST_MEAN_GAP_NS;
  const kept = startsNs.filter((_, index) => deriveSeed(seed, index) < share * 2 ** 32).sort();
  const gaps = Array.from(kept.subarray(1), (startNs, index) => startNs - (kept[index] as number));
  const statistic = andersonDarlingExponential(gaps);
  return {
    statistic,
    limit: ARRIVALS_LIMIT,
    note: statistic === undefined ? 'not judged: too few starts in the window' : undefined,
  };
}

function meanGapOf(sortedNs: Float64Array): number {
  const gaps = sortedNs.length - 1;
  return gaps < 1 ? 0 : ((sortedNs.at(-1) as number) - (sortedNs[0] as number)) / gaps;
}
