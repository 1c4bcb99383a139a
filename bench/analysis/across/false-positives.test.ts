import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';
import { expect, test } from 'vitest';
import { independentRun } from './across-fixture.ts';
import { compareRuns } from './compare-runs.ts';
import { subjectsOfRuns } from './gate-subjects.ts';
import { gatherRuns } from './gather-runs.ts';
import { judgeRegressions } from './regression-gates.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';

const EXPERIMENTS = 300;
// Holm keeps the chance of even one false positive per experiment at or below 5 %; chance alone
// exceeds this once in a thousand times.
const MOST_POSITIVES = binomialQuantile(0.999, EXPERIMENTS, 0.05);

test('of many comparisons of two equal runs no more than one in twenty finds a change or fails a gate', () => {
  const gates = [{ metric: undefined, margin: { kind: 'share', share: 0 } }] as const;
  let [changed, failed] = [0, 0];
  for (let seed = 1; seed <= EXPERIMENTS; seed++) {
    const [old, recent] = [1, 2].map((occasion) =>
      independentRun({ seed, occasion, blocks: 9, burnInBlocks: 0, noise: 0.1 }),
    );
    const gathered = gatherRuns(old!, [recent!], streamReading);
    const changes = compareRuns(gathered).comparisons.flatMap(({ arms }) =>
      arms.flatMap((arm) => arm.changes),
    );
    const isClaim = changes.some(
      ({ endpoint, verdict }) =>
        endpoint !== undefined && (verdict.direction !== undefined || verdict.differenceDetected),
    );
    if (isClaim) changed++;
    if (judgeRegressions(gates, subjectsOfRuns(gathered)).some(({ state }) => state === 'failed'))
      failed++;
  }
  expect(changed).toBeLessThanOrEqual(MOST_POSITIVES);
  expect(failed).toBeLessThanOrEqual(MOST_POSITIVES);
  // Far fewer would mean that the tests have lost their power.
  expect(changed).toBeGreaterThan(0);
  expect(failed).toBeGreaterThan(0);
});
