// The exact interval of a share: in how many of all trials something happened (Clopper & Pearson
// 1934). It is wide for few trials, also where all of them agree.

interface ShareInterval {
  readonly low: number;
  readonly high: number;
}

const ALPHA = 0.05;

/** Bisections: each halves the error, so the last is below the precision of a double. */
const STEPS = 60;

/**
 * The shares that `held` of `of` independent trials do not exclude, each tail at alpha/2. `of` is at
 * least 1.
 */
export function shareInterval(held: number, of: number, alpha: number = ALPHA): ShareInterval {
  const atLeast = (share: number): number => 1 - cumulative(held - 1, of, share);
  const atMost = (share: number): number => cumulative(held, of, share);
  return {
    low: held === 0 ? 0 : crossing((share) => atLeast(share) > alpha / 2),
    high: held === of ? 1 : crossing((share) => atMost(share) < alpha / 2),
  };
}

/** Where a condition begins to hold that is false at 0 and true at 1. */
function crossing(holds: (share: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** The probability of at most `most` successes in `of` trials. */
function cumulative(most: number, of: number, share: number): number {
  let logOfChoices = 0;
  let sum = 0;
  for (let count = 0; count <= most; count++) {
    if (count > 0) logOfChoices += Math.log((of - count + 1) / count);
    sum += Math.exp(logOfChoices + count * Math.log(share) + (of - count) * Math.log1p(-share));
  }
  return sum;
}
