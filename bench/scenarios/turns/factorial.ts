// Effects of a factorial design with two levels a factor, within blocks: a block has every
// combination once and gives one estimate of each effect, so noise that its trials share cancels.
// The estimates of the blocks give the interval (Montgomery, Design and Analysis of Experiments, §6).

import assert from 'node:assert/strict';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { pairedEffect, type PairedEffect } from '../../analysis/statistics/paired-t.ts';

export type Level = 0 | 1;

export interface Observation {
  readonly block: number;
  /** One level a factor. */
  readonly levels: readonly Level[];
  readonly value: number;
}

export interface FactorialEffect {
  /** Indices of the factors: one for a main effect, several for their interaction. */
  readonly factors: readonly number[];
  /**
   * One a block, in order of blocks. Main effect: the mean at level 1 less the mean at level 0, over all
   * levels of the others. Interaction: how much more the effect of one factor is where the other is
   * at level 1.
   */
  readonly byBlock: readonly number[];
}

/** Blocks that lack a combination are left out, and count in no effect. */
export function factorialEffects(
  factors: number,
  observations: readonly Observation[],
): readonly FactorialEffect[] {
  const blocks = wholeBlocks(factors, observations);
  return subsetsOf(factors).map((subset) => ({
    factors: subset,
    byBlock: blocks.map((block) => contrastOf(block, subset, factors)),
  }));
}

/** All sets of factors but the empty one, main effects first. */
function subsetsOf(factors: number): readonly (readonly number[])[] {
  const numbers = Array.from({ length: factors }, (_, factor) => factor);
  return Array.from({ length: 2 ** factors - 1 }, (_, index) =>
    numbers.filter((factor) => ((index + 1) >> factor) % 2 === 1),
  ).toSorted((a, b) => a.length - b.length);
}

function wholeBlocks(
  factors: number,
  observations: readonly Observation[],
): readonly (readonly Observation[])[] {
  for (const { levels } of observations)
    assert(levels.length === factors, 'an observation has a level of each factor');
  const blocks = Map.groupBy(observations, ({ block }) => block);
  return [...blocks]
    .toSorted(([a], [b]) => a - b)
    .map(([, own]) => own)
    .filter((own) => new Set(own.map(({ levels }) => levels.join(''))).size === 2 ** factors);
}

function contrastOf(
  block: readonly Observation[],
  subset: readonly number[],
  factors: number,
): number {
  const sum = block.reduce(
    (total, { levels, value }) =>
      total + subset.reduce((signed, factor) => (levels[factor] === 1 ? signed : -signed), value),
    0,
  );
  return sum / 2 ** (factors - subset.length);
}

export interface SimultaneousEffect extends Pick<PairedEffect, 'mean' | 'count' | 'interval95'> {
  /** Covers together with those of all other effects of its family in 95 of 100 runs (Bonferroni). */
  readonly simultaneous: { readonly low: number; readonly high: number };
}

/** Undefined with fewer than two blocks. @param family Effects that are judged together. */
export function estimateEffect(
  byBlock: readonly number[],
  family: number,
): SimultaneousEffect | undefined {
  if (byBlock.length < 2) return undefined;
  const { mean, count, interval95, standardError } = pairedEffect(byBlock);
  const half = tQuantile(1 - 0.025 / family, count - 1) * standardError;
  return { mean, count, interval95, simultaneous: { low: mean - half, high: mean + half } };
}
