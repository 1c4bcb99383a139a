import { expect, test } from 'vitest';
import { declaredOf } from '../metrics/metric-list.ts';
import { steadyMetrics } from '../metrics/steady.ts';
import { fewestByChance, mostByChance } from './chance.ts';
import { contaminated, heavyTailed, normal, skewed } from './noise.ts';
import {
  claimsDifference,
  countSignificant,
  ofMetric,
  simulateMany,
  type ExperimentOptions,
} from './simulated-experiment.ts';
import { endpointIds, endpointTruths } from './truths.ts';

const EXPERIMENTS = 2000;
const equalArms: ExperimentOptions = {
  truths: endpointTruths(),
  blocks: 10,
  noise: normal,
  noiseSigma: 0.1,
};
/** The largest p below 0.05 that 10 blocks can give, and how often it is reached. */
const ATTAINABLE = 25 / 512;

test('every simulated endpoint is declared, measured and given a verdict', () => {
  const [comparisons = []] = simulateMany(equalArms, { experiments: 1, seed: 1 });
  const judged = comparisons.filter(({ endpoint, blocks }) => endpoint !== undefined && blocks > 0);
  expect(judged.map(({ metric }) => metric)).toEqual(endpointIds);
  expect(judged.map(({ verdict }) => verdict.kind)).not.toContain('withheld');
});

test('equal arms are told apart anywhere in at most one experiment in twenty, and each endpoint alone has p < 0.05 as often', () => {
  const simulations = { experiments: EXPERIMENTS, seed: 20_260_101 };
  const all = simulateMany(equalArms, simulations);
  const claims = all.filter((comparisons) => comparisons.some(claimsDifference)).length;
  expect(claims, `seed ${simulations.seed}`).toBeLessThanOrEqual(mostByChance(0.05, EXPERIMENTS));
  // Holm's first step tests each endpoint at 0.05 over their number; an exact test of 10 blocks
  // comes within a tenth of that.
  const expected = 1 - (1 - 0.05 / declaredOf(steadyMetrics).length) ** endpointIds.length;
  expect(claims, `seed ${simulations.seed}`).toBeGreaterThanOrEqual(
    fewestByChance(0.9 * expected, EXPERIMENTS),
  );
  for (const id of endpointIds) {
    const significant = countSignificant(ofMetric(all, id));
    expect(significant, `${id}, seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.05, EXPERIMENTS),
    );
    expect(significant, `${id}, seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      fewestByChance(ATTAINABLE, EXPERIMENTS),
    );
  }
});

test.each([
  {
    what: 'heavy tails',
    id: 'delivery.p50',
    experiments: EXPERIMENTS,
    change: { noise: heavyTailed },
  },
  {
    what: 'one wild value in ten',
    id: 'ttft.overhead.p50',
    experiments: EXPERIMENTS,
    change: { noise: contaminated },
  },
  {
    what: 'noise of skewness 2',
    id: 'delivery.p50',
    experiments: EXPERIMENTS,
    change: { noise: skewed },
  },
  {
    what: 'two load points',
    id: 'delivery.p50',
    experiments: EXPERIMENTS / 2,
    change: { loadPoints: 2 },
  },
] as const)(
  'with $what, p < 0.05 and a claim to tell equal arms apart come at most once in twenty times',
  ({ id, experiments, change }) => {
    const simulations = { experiments, seed: 20_260_102 };
    // Little noise, so that a detected difference lies within the margin.
    const all = simulateMany(
      { ...equalArms, truths: endpointTruths({ only: [id] }), noiseSigma: 0.02, ...change },
      simulations,
    );
    const compared = ofMetric(all, id);
    expect(countSignificant(compared), `seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.05, compared.length),
    );
    expect(countSignificant(compared), `seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      fewestByChance(ATTAINABLE, compared.length),
    );
    const claims = all.filter((comparisons) => comparisons.some(claimsDifference)).length;
    expect(claims, `seed ${simulations.seed}`).toBeLessThanOrEqual(mostByChance(0.05, experiments));
  },
);

test('one equal endpoint among others that differ hugely is claimed to differ in at most one experiment in twenty', () => {
  const simulations = { experiments: 1000, seed: 20_260_103 };
  const truths = endpointTruths({ ratioOf: (id) => (id === 'delivery.p50' ? 1 : 3) });
  const all = simulateMany({ ...equalArms, truths, noiseSigma: 0.05 }, simulations);
  for (const id of endpointIds.filter((id) => id !== 'delivery.p50')) {
    expect(ofMetric(all, id).every(({ verdict }) => verdict.kind === 'better')).toBe(true);
  }
  const claims = ofMetric(all, 'delivery.p50').filter(claimsDifference).length;
  expect(claims, `seed ${simulations.seed}`).toBeLessThanOrEqual(
    mostByChance(0.05, simulations.experiments),
  );
  // Holm's correction is spent on the others, so that this one is tested at nearly 0.05.
  expect(claims).toBeGreaterThan(0);
});

test('a true difference of 30 % under noise of 10 % is found, and for the right arm, in more than 80 of 100 experiments', () => {
  const simulations = { experiments: 500, seed: 20_260_104 };
  const truths = endpointTruths({ ratioOf: (id) => (id === 'delivery.p50' ? 1.3 : 1) });
  const found = ofMetric(
    simulateMany({ ...equalArms, truths }, simulations),
    'delivery.p50',
  ).filter(claimsDifference);
  expect(found.length, `seed ${simulations.seed}`).toBeGreaterThan(0.8 * simulations.experiments);
  expect(new Set(found.map(({ verdict }) => verdict.favours))).toEqual(new Set(['sse']));
});
