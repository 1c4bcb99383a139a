// Computes the noise floor of a machine from an experiment with two equal arms: how narrow an
// interval becomes here, and how large a difference must be to be found.

import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { pairedEffect } from './paired-t.ts';
import { halfWidth, halfWidthRatio } from './precision-stop.ts';

const CONFIDENCE = 0.975;
const POWER = 0.8;

export interface RatioNoiseFloor {
  /** The factor by which the 95 % interval reaches beyond the ratio, less 1. */
  readonly halfWidthRatio: number;
  /**
   * A true ratio so far from 1 is found in 80 of 100 experiments of as many blocks at p < 0.05;
   * less 1.
   */
  readonly minimumDetectableRatio: number;
}

/** Noise floor in the unit of the differences. */
export interface DifferenceNoiseFloor {
  readonly halfWidth: number;
  /**
   * A true difference so far from 0 is found in 80 of 100 experiments of as many blocks at p <
   * 0.05.
   */
  readonly minimumDetectable: number;
}

/**
 * The floor from the logarithms of other/baseline, one per block; undefined with fewer than two.
 */
export function ratioNoiseFloor(logarithms: readonly number[]): RatioNoiseFloor | undefined {
  const half = halfWidthRatio(logarithms);
  const detectable = minimumDetectable(logarithms);
  return half === undefined || detectable === undefined
    ? undefined
    : { halfWidthRatio: half, minimumDetectableRatio: Math.expm1(detectable) };
}

/** The floor from other − baseline, one per block; undefined with fewer than two. */
export function differenceNoiseFloor(
  differences: readonly number[],
): DifferenceNoiseFloor | undefined {
  const half = halfWidth(differences);
  const detectable = minimumDetectable(differences);
  return half === undefined || detectable === undefined
    ? undefined
    : { halfWidth: half, minimumDetectable: detectable };
}

/**
 * (t_0.975 + t_0.80)·s/√B, both t with B − 1 degrees of freedom: for one endpoint, before any
 * correction for their number.
 */
function minimumDetectable(differences: readonly number[]): number | undefined {
  if (differences.length < 2) return undefined;
  const { standardError, count } = pairedEffect(differences);
  return (tQuantile(CONFIDENCE, count - 1) + tQuantile(POWER, count - 1)) * standardError;
}
