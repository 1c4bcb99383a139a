import { expect, test } from 'vitest';
import { deriveSeed, seededDraw } from '../../contract/random.ts';
import type { JudgedLoadPoint } from '../measured-trials.ts';
import { steadyMetrics } from '../metrics/steady.ts';
import { pairedEffect } from '../statistics/paired-t.ts';
import { isPrecise, LEAST_BLOCKS_TO_STOP } from '../statistics/precision-stop.ts';
import { normal } from './noise.ts';
import {
  countSignificant,
  judgeExperiment,
  ofMetric,
  simulateExperiment,
  type ExperimentOptions,
} from './simulated-experiment.ts';
import { endpointTruths } from './truths.ts';

const TARGET_RATIO = 0.05;
const MOST_BLOCKS = 100;
const METRIC = 'delivery.p50';

// The runs take from hardly ever more than the ten required blocks to about 25.
test.each([0.06, 0.08, 0.12])(
  'an interval that decided when to stop covers the truth in 92 to 96 of 100 experiments, noise %f',
  (sigma) => {
    const simulations = { experiments: 2000, seed: 20_260_601 };
    let covered = 0;
    for (let experiment = 0; experiment < simulations.experiments; experiment++) {
      const draw = seededDraw(deriveSeed(simulations.seed, experiment));
      const logarithms: number[] = [];
      do logarithms.push(sigma * normal(draw));
      while (
        logarithms.length < MOST_BLOCKS &&
        !isPrecise([{ logarithms, targetRatio: TARGET_RATIO }])
      );
      const { low, high } = pairedEffect(logarithms).interval95;
      if (low <= 0 && 0 <= high) covered++;
    }
    expect(covered / simulations.experiments, `seed ${simulations.seed}`).toBeGreaterThan(0.92);
    expect(covered / simulations.experiments, `seed ${simulations.seed}`).toBeLessThan(0.96);
  },
);

test('equal arms that are measured until they are known precisely have p < 0.05 in at most 8 of 100 experiments', () => {
  const simulations = { experiments: 2000, seed: 20_260_602 };
  const options: ExperimentOptions = {
    truths: endpointTruths({ only: [METRIC] }),
    blocks: 16,
    noise: normal,
    noiseSigma: 0.055,
  };
  const all = Array.from({ length: simulations.experiments }, (_, experiment) => {
    const seed = deriveSeed(simulations.seed, experiment);
    return judgeExperiment(simulateExperiment(options, seed).map(stopWhenPrecise), seed);
  });
  const compared = ofMetric(all, METRIC);
  expect(
    countSignificant(compared) / simulations.experiments,
    `seed ${simulations.seed}`,
  ).toBeLessThanOrEqual(0.08);
  // The rule decides: most stop before the last block and most of those after the tenth.
  expect(compared.filter(({ blocks }) => blocks < options.blocks).length).toBeGreaterThan(
    simulations.experiments / 2,
  );
  expect(compared.filter(({ blocks }) => blocks > LEAST_BLOCKS_TO_STOP).length).toBeGreaterThan(
    simulations.experiments / 2,
  );
});

/** The blocks that would have been measured of all these. */
function stopWhenPrecise(loadPoint: JudgedLoadPoint): JudgedLoadPoint {
  const metric = steadyMetrics.find(({ id }) => id === METRIC)!;
  const [baseline = [], other = []] = loadPoint.arms.map(({ completed }) =>
    completed.map((trial) => metric.value(trial)!),
  );
  const logarithms = baseline.map((value, block) => Math.log(other[block]! / value));
  let blocks = LEAST_BLOCKS_TO_STOP;
  while (
    blocks < logarithms.length &&
    !isPrecise([{ logarithms: logarithms.slice(0, blocks), targetRatio: TARGET_RATIO }])
  )
    blocks++;
  return {
    ...loadPoint,
    arms: loadPoint.arms.map((arm) => ({ ...arm, completed: arm.completed.slice(0, blocks) })),
  };
}
