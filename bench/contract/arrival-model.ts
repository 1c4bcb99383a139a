// A model of the gaps between starts of streams: exponential gaps, the mean of each chosen by a
// hidden Markov chain that takes a step from gap to gap. One phase is a Poisson process; phases
// that follow one another at random make hyperexponential gaps; phases that last make bursts.

import { z } from 'zod';
import type { Draw } from './random.ts';
import { NS_PER_MS, NS_PER_S } from './units.ts';

const phaseSchema = z.strictObject({
  /** Mean of the gaps of this phase. */
  meanGapMs: z.number().positive(),
  /** Probabilities of the phase of the next gap, by its index. */
  next: z.array(z.number().min(0).max(1)).min(1),
});

/** Rows are printed with a few digits. */
const SUM_TOLERANCE = 1e-3;

export const arrivalModelSchema = z
  .strictObject({ phases: z.array(phaseSchema).min(1).max(8) })
  .refine(
    ({ phases }) =>
      phases.every(
        ({ next }) => next.length === phases.length && Math.abs(sum(next) - 1) <= SUM_TOLERANCE,
      ),
    { error: 'each phase has one probability for each phase, and they add up to 1' },
  );

export type ArrivalModel = z.infer<typeof arrivalModelSchema>;

export function poissonArrivals(startsPerSecond: number): ArrivalModel {
  return { phases: [{ meanGapMs: NS_PER_S / NS_PER_MS / startsPerSecond, next: [1] }] };
}

export function isPoisson({ phases }: ArrivalModel): boolean {
  return phases.length === 1;
}

/** The same process, `speed` times as fast. */
export function hasten({ phases }: ArrivalModel, speed: number): ArrivalModel {
  return { phases: phases.map((phase) => ({ ...phase, meanGapMs: phase.meanGapMs / speed })) };
}

/** A generator of gaps, ns, without end. */
export function startGaps(model: ArrivalModel, draw: Draw): () => number {
  const { phases } = model;
  let phase = pick(phaseShares(model), draw());
  return () => {
    const { meanGapMs, next } = phases[phase] as ArrivalModel['phases'][number];
    if (phases.length > 1) phase = pick(next, draw());
    return -Math.log(1 - draw()) * meanGapMs * NS_PER_MS;
  };
}

/** Starts per second in the long run. */
export function meanRate(model: ArrivalModel): number {
  return NS_PER_S / NS_PER_MS / meanGapMs(model);
}

/** Coefficient of variation of the gaps; 1 for a Poisson process. */
export function gapVariation(model: ArrivalModel): number {
  const shares = phaseShares(model);
  // The second moment of an exponential is twice the square of its mean.
  const square = sum(
    model.phases.map((phase, index) => 2 * (shares[index] ?? 0) * phase.meanGapMs ** 2),
  );
  return Math.sqrt(square / meanGapMs(model) ** 2 - 1);
}

function meanGapMs(model: ArrivalModel): number {
  const shares = phaseShares(model);
  return sum(model.phases.map((phase, index) => (shares[index] ?? 0) * phase.meanGapMs));
}

/** Steps after which the shares of a chain that lasts for thousands of gaps have settled. */
const MOST_DOUBLINGS = 40;

/** Shares of the gaps that belong to each phase in the long run. */
function phaseShares({ phases }: ArrivalModel): readonly number[] {
  // Half of a step is to stay: shares stay the same, and chains that alternate settle, too.
  let steps = phases.map(({ next }, from) =>
    scaled(next.map((share, to) => (share + (from === to ? sum(next) : 0)) / 2)),
  );
  for (let doubling = 0; doubling < MOST_DOUBLINGS; doubling++)
    steps = steps.map((row) =>
      scaled(row.map((_, to) => sum(row.map((share, via) => share * (steps[via]?.[to] ?? 0))))),
    );
  return steps[0] as readonly number[];
}

function scaled(shares: readonly number[]): number[] {
  const all = sum(shares);
  return shares.map((share) => share / all);
}

/** @param at Uniform on [0, 1). Shares whose rounded sum is below 1 leave the rest to the last. */
function pick(shares: readonly number[], at: number): number {
  let below = 0;
  for (let index = 0; index < shares.length - 1; index++) {
    below += shares[index] as number;
    if (at < below) return index;
  }
  return shares.length - 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
