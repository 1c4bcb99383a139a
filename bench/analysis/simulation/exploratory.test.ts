import { expect, test } from 'vitest';
import { drawNormal } from '../../contract/random.ts';
import { mean, standardDeviation } from '../statistics/moments.ts';
import { normal } from './noise.ts';
import { simulateMany, type ExperimentOptions } from './simulated-experiment.ts';
import { quantileMetricIds } from './simulated-trial.ts';
import { endpointIds } from './truths.ts';

const FALSE_DISCOVERY_RATE = 0.1;
const ids = quantileMetricIds.filter((id) => !endpointIds.includes(id));
const different: ReadonlySet<string> = new Set(ids.slice(0, 2));
const experiment: ExperimentOptions = {
  truths: new Map(ids.map((id) => [id, { baseline: 1e6, ratio: different.has(id) ? 1.3 : 1 }])),
  blocks: 10,
  noise: normal,
  noiseSigma: 0.1,
};

/** Noise that all metrics of a trial share: as large as their own noise. */
const common: ExperimentOptions['disturbance'] = (draw) => () => 0.1 * drawNormal(draw);

test.each([
  { what: 'independent', change: {}, experiments: 2000 },
  { what: 'correlated', change: { disturbance: common }, experiments: 1000 },
])(
  'of marked exploratory comparisons at most one in ten is chance when metrics are $what, and true effects are marked',
  (row) => {
    const simulations = { experiments: row.experiments, seed: 20_260_401 };
    const all = simulateMany({ ...experiment, ...row.change }, simulations);
    const families = all.map((comparisons) =>
      comparisons.filter((one) => one.endpoint === undefined && one.signFlipP !== undefined),
    );
    const marked = families.map((family) =>
      family.filter(({ adjustedP }) => (adjustedP ?? 1) <= FALSE_DISCOVERY_RATE),
    );
    const falseShares = marked.map(
      (rows) =>
        rows.filter(({ metric }) => !different.has(metric)).length / Math.max(1, rows.length),
    );
    const foundShares = marked.map(
      (rows) => rows.filter(({ metric }) => different.has(metric)).length / different.size,
    );

    // Benjamini and Hochberg promise the rate times the share of comparisons without an effect.
    const size = families[0]?.length ?? 0;
    const promised = (FALSE_DISCOVERY_RATE * (size - different.size)) / size;
    const threeStandardErrors = (3 * standardDeviation(falseShares)) / Math.sqrt(row.experiments);
    expect(mean(falseShares), `seed ${simulations.seed}`).toBeLessThanOrEqual(
      promised + threeStandardErrors,
    );
    expect(mean(falseShares), `seed ${simulations.seed}`).toBeGreaterThan(promised / 3);
    expect(mean(foundShares), `seed ${simulations.seed}`).toBeGreaterThan(0.8);
  },
);
