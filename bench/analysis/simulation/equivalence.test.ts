import { expect, test } from 'vitest';
import type { ArmComparison } from '../comparisons.ts';
import type { Margin } from '../metrics/metric.ts';
import { steadyMetrics } from '../metrics/steady.ts';
import { fewestByChance, mostByChance } from './chance.ts';
import { normal } from './noise.ts';
import {
  ofMetric,
  simulateMany,
  type ExperimentOptions,
  type Truth,
} from './simulated-experiment.ts';
import type { SimulatedMetricId } from './simulated-trial.ts';
import { endpointIds, endpointTruths } from './truths.ts';

const NOISE_SIGMA = 0.01;

const marginOf = (id: SimulatedMetricId): Margin | undefined =>
  steadyMetrics.find((metric) => metric.id === id)?.margin;

const experiment = (
  levelSigma: number,
  truths: ReadonlyMap<SimulatedMetricId, Truth>,
): ExperimentOptions => ({
  truths,
  blocks: 12,
  noise: normal,
  noiseSigma: NOISE_SIGMA,
  levelSigma,
});

/**
 * The true ratio and the true difference both lie at the upper end of the margin; if only the
 * difference counts, it does.
 */
function onMargin(id: SimulatedMetricId, levelSigma: number): [SimulatedMetricId, Truth] {
  const margin = marginOf(id);
  const ratio = margin?.ratio ?? 0.2;
  // The difference of the means of two lognormals, which is larger than that of their medians.
  const meanFactor = Math.exp((levelSigma ** 2 + NOISE_SIGMA ** 2) / 2);
  return [
    id,
    { baseline: (margin?.absolute ?? Number.NaN) / ratio / meanFactor, ratio: 1 + ratio },
  ];
}

const onAllMargins = (levelSigma: number): ExperimentOptions =>
  experiment(levelSigma, new Map(endpointIds.map((id) => onMargin(id, levelSigma))));

const isEquivalent = ({ verdict }: ArmComparison): boolean => verdict.kind === 'equivalent';
const isComparedByDifference = (id: SimulatedMetricId): boolean =>
  marginOf(id)?.ratio === undefined;
const countWithin = (comparisons: readonly ArmComparison[]): number =>
  comparisons.filter(({ tostP }) => (tostP ?? 1) < 0.05).length;

test('arms that differ by exactly the margin are called equivalent anywhere in at most one experiment in twenty', () => {
  const simulations = { experiments: 2000, seed: 20_260_301 };
  const all = simulateMany(onAllMargins(0), simulations);
  expect(
    all.filter((comparisons) => comparisons.some(isEquivalent)).length,
    `seed ${simulations.seed}`,
  ).toBeLessThanOrEqual(mostByChance(0.05, simulations.experiments));
  for (const id of endpointIds) {
    const compared = ofMetric(all, id);
    // Two scales share the 0.05; when they agree, as without level differences, they use one half
    // of it and a little more.
    const [least, most] = isComparedByDifference(id) ? [0.05, 0.05] : [0.025, 0.03];
    expect(countWithin(compared), `${id}, seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(most, compared.length),
    );
    expect(countWithin(compared), `${id}, seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      fewestByChance(least, compared.length),
    );
    // To be better by more than the margin, the whole 95 % interval must lie beyond it: 2.5 % for
    // each endpoint, not for all.
    const better = compared.filter(({ verdict }) => verdict.kind === 'better').length;
    expect(better, `${id}, seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.025, compared.length),
    );
  }
});

test('one endpoint on its margin among others that are equal is called equivalent in at most one experiment in twenty', () => {
  const simulations = { experiments: 1000, seed: 20_260_302 };
  const id = 'ttft.overhead.p50';
  const all = simulateMany(
    experiment(0, new Map([...endpointTruths(), onMargin(id, 0)])),
    simulations,
  );
  for (const other of endpointIds.filter((other) => other !== id))
    expect(ofMetric(all, other).every(isEquivalent)).toBe(true);
  const equivalent = ofMetric(all, id).filter(isEquivalent).length;
  expect(equivalent, `seed ${simulations.seed}`).toBeLessThanOrEqual(
    mostByChance(0.05, simulations.experiments),
  );
  // Holm's correction is spent on the others, so that this one is tested at nearly 0.05.
  expect(equivalent).toBeGreaterThan(0);
});

test('known weakness: where blocks differ by 30 % from each other, equivalence is claimed on the margin a little too often', () => {
  const simulations = { experiments: 1000, seed: 20_260_303 };
  const all = simulateMany(onAllMargins(0.3), simulations);
  // A difference that grows with the level of its block is skewed, to which the t-interval of a few
  // blocks is sensitive. The bounds are what was found, 0.067 anywhere and up to 0.079 for one
  // endpoint, not what is wanted.
  expect(
    all.filter((comparisons) => comparisons.some(isEquivalent)).length,
    `seed ${simulations.seed}`,
  ).toBeLessThanOrEqual(mostByChance(0.07, simulations.experiments));
  for (const id of endpointIds) {
    expect(countWithin(ofMetric(all, id)), `${id}, seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.08, simulations.experiments),
    );
  }
});
