// The sign-flip test: the order within a block was drawn by a fair coin, so without any effect each
// difference could as well have had the other sign. Valid without normality, because the experiment
// was randomised.

import { seededDraw } from '../../contract/random.ts';

/** Up to this many differences all 2^n signs are tried; beyond, a seeded sample of them. */
const MAX_EXACT = 20;
const SAMPLES = 100_000;
/** Signs taken from one draw: as many bits as its upper half holds. */
const SIGNS_PER_DRAW = 26;
/** Sums that are equal but for rounding count as equal. */
const RELATIVE_TOLERANCE = 1e-9;

/**
 * Two-sided p of the sum of the differences; 1 without differences. `seed` matters for more than
 * 20.
 */
export function signFlipP(differences: readonly number[], seed: number): number {
  let sum = 0;
  let magnitude = 0;
  for (const difference of differences) {
    sum += difference;
    magnitude += Math.abs(difference);
  }
  const least = Math.abs(sum) - magnitude * RELATIVE_TOLERANCE;
  return differences.length <= MAX_EXACT
    ? exactP(differences, least)
    : sampledP(differences, least, seed);
}

/** The first sign is fixed: flipping all signs at once gives the same absolute sum. */
function exactP(differences: readonly number[], least: number): number {
  const sums = new Float64Array(2 ** Math.max(0, differences.length - 1));
  sums[0] = differences[0] ?? 0;
  let filled = 1;
  for (const difference of differences.slice(1)) {
    for (let index = 0; index < filled; index++) {
      const sum = sums[index] as number;
      sums[filled + index] = sum - difference;
      sums[index] = sum + difference;
    }
    filled *= 2;
  }
  let asLarge = 0;
  for (const sum of sums) if (Math.abs(sum) >= least) asLarge++;
  return asLarge / sums.length;
}

/** (k + 1)/(N + 1), never 0 (Phipson & Smyth 2010). */
function sampledP(differences: readonly number[], least: number, seed: number): number {
  const draw = seededDraw(seed);
  let asLarge = 0;
  for (let sample = 0; sample < SAMPLES; sample++) {
    let sum = 0;
    let signs = 0;
    let left = 0;
    for (const difference of differences) {
      if (left === 0) {
        signs = Math.floor(draw() * 2 ** SIGNS_PER_DRAW);
        left = SIGNS_PER_DRAW;
      }
      sum += (signs & 1) === 1 ? difference : -difference;
      signs >>>= 1;
      left--;
    }
    if (Math.abs(sum) >= least) asLarge++;
  }
  return (asLarge + 1) / (SAMPLES + 1);
}
