import { expect, test } from 'vitest';
import { drawNormal } from '../../contract/random.ts';
import { fewestByChance, mostByChance } from './chance.ts';
import { normal } from './noise.ts';
import {
  claimsDifference,
  countSignificant,
  ofMetric,
  simulateMany,
  type ExperimentOptions,
} from './simulated-experiment.ts';
import { endpointTruths } from './truths.ts';

const simulations = { experiments: 2000, seed: 20_260_201 };
const BLOCKS = 10;
const METRIC = 'delivery.p50';
const equalArms: ExperimentOptions = {
  truths: endpointTruths({ only: [METRIC] }),
  blocks: BLOCKS,
  noise: normal,
  noiseSigma: 0.02,
};

/**
 * The last trial is half as fast as the first: from one trial to the next it drifts by nearly twice
 * the noise.
 */
const steady: ExperimentOptions['disturbance'] =
  () =>
  ({ trial }) =>
    (Math.log(2) * trial) / (2 * BLOCKS - 1);

/** A random walk, each step of which is twice as wide as the noise. */
const wandering: ExperimentOptions['disturbance'] = (draw) => {
  let at = 0;
  return () => (at += 0.04 * drawNormal(draw));
};

test.each([
  ['drifts steadily', steady],
  ['wanders', wandering],
])(
  'on a machine that %s, random order keeps p of equal arms below 0.05 in at most one experiment in twenty',
  (_what, disturbance) => {
    const compared = ofMetric(simulateMany({ ...equalArms, disturbance }, simulations), METRIC);
    expect(countSignificant(compared), `seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.05, simulations.experiments),
    );
    expect(countSignificant(compared), `seed ${simulations.seed}`).toBeGreaterThan(0);
  },
);

test('without random order a steady drift is taken for a difference more often than not', () => {
  const fixed = { experiments: 200, seed: 20_260_202 };
  const compared = ofMetric(
    simulateMany({ ...equalArms, disturbance: steady, isRandomised: false }, fixed),
    METRIC,
  );
  expect(countSignificant(compared), `seed ${fixed.seed}`).toBeGreaterThan(fixed.experiments / 2);
});

/**
 * γ: half of the loss of the second trial of a block against the first; the log ratio gains it when
 * the baseline comes first.
 */
const GAMMA = 0.12;
const carryOver: ExperimentOptions['disturbance'] =
  () =>
  ({ order }) =>
    order === 0 ? -GAMMA / 2 : GAMMA / 2;

test.each([
  { what: 'nothing is carried over', change: {}, gamma: 0, leastWarned: 0, mostWarned: 0.005 },
  {
    what: 'more than the margin is carried over',
    change: { disturbance: carryOver },
    gamma: GAMMA,
    leastWarned: 0.8,
    mostWarned: 1,
  },
])(
  'where $what within a block, the order effect is what it is, warned of only then, and no difference',
  (row) => {
    const compared = ofMetric(simulateMany({ ...equalArms, ...row.change }, simulations), METRIC);
    const effects = compared.flatMap(({ orderEffect }) =>
      orderEffect === undefined ? [] : [orderEffect],
    );
    // Two experiments in 2^10 have only one order and therefore no order effect.
    expect(simulations.experiments - effects.length).toBeLessThanOrEqual(
      mostByChance(2 / 2 ** BLOCKS, simulations.experiments),
    );
    const covered = effects.filter(
      ({ low, high }) => low! <= row.gamma && row.gamma <= high!,
    ).length;
    expect(covered, `seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.95, effects.length),
    );
    expect(covered, `seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      fewestByChance(0.95, effects.length),
    );
    const warned = compared.filter(({ warnings }) =>
      warnings.some(({ code }) => code === 'order'),
    ).length;
    expect(warned / compared.length, `seed ${simulations.seed}`).toBeGreaterThanOrEqual(
      row.leastWarned,
    );
    expect(warned / compared.length, `seed ${simulations.seed}`).toBeLessThanOrEqual(
      row.mostWarned,
    );
    expect(countSignificant(compared), `seed ${simulations.seed}`).toBeLessThanOrEqual(
      mostByChance(0.05, simulations.experiments),
    );
    expect(
      compared.filter(claimsDifference).length,
      `seed ${simulations.seed}`,
    ).toBeLessThanOrEqual(mostByChance(0.05, simulations.experiments));
  },
);
