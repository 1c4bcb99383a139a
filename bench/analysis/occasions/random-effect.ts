// The effect over several occasions, with the occasion as a random effect. Blocks of one occasion
// share its hour and its neighbours, so they are no sample of what another hour would show: each
// occasion counts as one value, its mean, and the interval comes from how these means differ, with
// one degree of freedom less than there are occasions.
//
// Weights from estimated variances (DerSimonian & Laird 1986, with or without Knapp & Hartung 2003)
// would gain nothing here: runs of one plan are about equally precise, and with equal weights Knapp
// and Hartung's interval is this one. With three occasions an estimate of the variance between them
// is mostly noise, and an interval that trusts it is too narrow. This one is exact for equally
// precise normal means, and conservative at 5 % where their precision differs (Bakirov & Székely
// 2006; Ibragimov & Müller 2010).

import { mean, standardDeviation } from '../statistics/moments.ts';
import { pairedEffect, type PairedEffect } from '../statistics/paired-t.ts';

/** All in the unit of the values: natural logarithms for a ratio. */
export interface OccasionEffect {
  /** Effect over the occasions' means: `count` is the number of occasions. */
  readonly effect: PairedEffect;
  /**
   * Standard deviation of the true effect between occasions; 0 when blocks alone explain how the
   * means differ.
   */
  readonly between: number;
  /** Standard deviation over the blocks of one occasion; undefined when no occasion has two. */
  readonly within: number | undefined;
}

/**
 * @param occasions The values of each one's blocks; two occasions at least, none without a block.
 */
export function effectOverOccasions(occasions: readonly (readonly number[])[]): OccasionEffect {
  const effect = pairedEffect(occasions.map(mean));
  const within = pooledDeviation(occasions);
  // Variance of the means due to blocks alone: the mean of their squared standard errors.
  const byBlocks = (within ?? 0) ** 2 * mean(occasions.map((values) => 1 / values.length));
  return {
    effect,
    between: Math.sqrt(Math.max(0, effect.standardDeviation ** 2 - byBlocks)),
    within,
  };
}

function pooledDeviation(occasions: readonly (readonly number[])[]): number | undefined {
  const repeated = occasions.filter((values) => values.length >= 2);
  const freedom = repeated.reduce((sum, values) => sum + values.length - 1, 0);
  if (freedom === 0) return undefined;
  return Math.sqrt(
    repeated.reduce(
      (sum, values) => sum + (values.length - 1) * standardDeviation(values) ** 2,
      0,
    ) / freedom,
  );
}
