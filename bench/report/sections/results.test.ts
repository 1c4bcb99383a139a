import { expect, it } from 'vitest';
import { allMetrics } from '../../scenarios/readings.ts';
import { groupMetrics } from './results.ts';

it('every metric of the registry has its place among the results', () => {
  const groups = groupMetrics(allMetrics);
  expect(groups.map((group) => group.title)).not.toContain('Other');
  expect(groups.flatMap((group) => group.members)).toHaveLength(allMetrics.length);
});
