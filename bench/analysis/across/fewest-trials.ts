// The fewest trials that can support a claim: the fewer trials there are, the more the t-test
// relies on normality, so a claim must be one that a permutation of the trials could have supported
// too.

export const ALPHA = 0.05;

/**
 * The chance that, for equal runs, all trials of one lie beyond all of the other: 1/(n+m over n).
 * No permutation test can give less.
 */
function rarestArrangement(first: number, second: number): number {
  let chance = 1;
  // n!·m!/(n+m)!, factor by factor.
  for (let index = 1; index <= first; index++) chance *= index / (second + index);
  return chance;
}

export interface ClaimFamily {
  /** Claims that are made at once: Holm's first step divides by their number. */
  readonly claims: number;
  readonly sides: 1 | 2;
}

/** Whether so many trials on each side could pass Holm's first step in that family. */
export function canBeShown(
  trials: { readonly old: number; readonly new: number },
  { claims, sides }: ClaimFamily,
): boolean {
  return sides * rarestArrangement(trials.old, trials.new) <= ALPHA / Math.max(1, claims);
}

/** The fewest trials of each of two equally long runs that can support a claim. */
export function fewestTrials(family: ClaimFamily): number {
  let trials = 2;
  // The chance falls by more than half with each trial: it passes every family that fits in memory
  // within 60 of them.
  while (!canBeShown({ old: trials, new: trials }, family)) trials++;
  return trials;
}
