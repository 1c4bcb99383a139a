// Computes how many blocks would resolve a margin, from the observed spread.

import tQuantile from '@stdlib/stats-base-dists-t-quantile';

const ALPHA = 0.05;
const POWER = 0.8;
const MAX_BLOCKS = 1_000_000;

export interface BlocksNeeded {
  /** Blocks to detect a true difference as large as the margin. */
  readonly difference: number;
  /** Blocks to show equivalence within the margin when there is truly no difference. */
  readonly equivalence: number;
}

/**
 * Blocks for α = 0.05 and power 0.8; undefined beyond a million. Deviation and margin in the same
 * unit, margin > 0.
 */
export function blocksNeeded(standardDeviation: number, margin: number): BlocksNeeded | undefined {
  const ratio = standardDeviation / margin;
  const difference = iterate(ratio, 1 - ALPHA / 2, POWER);
  const equivalence = iterate(ratio, 1 - ALPHA, 1 - (1 - POWER) / 2);
  return difference === undefined || equivalence === undefined
    ? undefined
    : { difference, equivalence };
}

/**
 * The smallest B with B ≥ ((t_confidence + t_power)·s/margin)², both t with B − 1 degrees of
 * freedom.
 */
function iterate(ratio: number, confidence: number, power: number): number | undefined {
  const isEnough = (blocks: number): boolean =>
    blocks >= ((tQuantile(confidence, blocks - 1) + tQuantile(power, blocks - 1)) * ratio) ** 2;
  if (!isEnough(MAX_BLOCKS)) return undefined;
  let tooFew = 1;
  let enough = MAX_BLOCKS;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
