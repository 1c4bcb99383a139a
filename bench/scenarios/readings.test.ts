import { expect, test } from 'vitest';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import { allMetrics, analyseRun } from './readings.ts';

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
