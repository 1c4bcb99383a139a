import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';
import { expect, test } from 'vitest';
import { analyse } from './analyse.ts';
import { fixtureRun } from './analysis-fixture.ts';

const EXPERIMENTS = 300;

test('of many experiments with two equal arms no more than one in twenty finds a difference anywhere', () => {
  let positives = 0;
  for (let seed = 1; seed <= EXPERIMENTS; seed++) {
    const comparisons = analyse(fixtureRun({ seed, blocks: 10, burnInBlocks: 0, noise: 0.1 })).loadPoints.flatMap(
      (point) => point.comparisons,
    );
    if (comparisons.some(({ verdict }) => verdict.kind === 'better' || verdict.kind === 'size-uncertain' || verdict.differenceDetected))
      positives++;
  }
  // Holm keeps the chance of even one false positive per experiment at or below 5 %; one in a thousand times chance alone exceeds this.
  expect(positives).toBeLessThanOrEqual(binomialQuantile(0.999, EXPERIMENTS, 0.05));
  // Far fewer would mean that the test has lost its power.
  expect(positives).toBeGreaterThan(0);
});
