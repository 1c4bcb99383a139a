import { expect, test } from 'vitest';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import { nullArm, type Arm } from '../contract/arms/arms.ts';
import { allMetrics, analyseRun, readings } from './readings.ts';

test('no two metrics of any scenario share an id', () => {
  expect(new Set(allMetrics.map(({ id }) => id)).size).toBe(allMetrics.length);
});

test('the analysis of a run has no part of another scenario', () => {
  const keys = Object.keys(analyseRun(fixtureRun({ blocks: 2 })));
  expect(keys).toContain('loadPoints');
  expect(
    keys.filter((key) => /recovery|capacity|ladders|fanout|connect|browser/.test(key)),
  ).toEqual([]);
});

const isMetered = (arm: Arm): boolean =>
  metricsOfPlan(readings.stream, { canary: undefined, arrivals: undefined, arms: [arm] }).some(
    ({ id }) => id === 'cpu.between.token',
  );

test.each(['relay', 'nginx', 'nginx-fixed'] as const)(
  'the processes of path %s are metered, and those of loopback are none',
  (path) => {
    expect([isMetered({ ...nullArm, path }), isMetered(nullArm)]).toEqual([true, false]);
  },
);
