import { expect, it } from 'vitest';
import { parts } from '../../scenarios/parts.ts';
import { readings } from '../../scenarios/readings.ts';
import { scenarioNames } from '../../scenarios/registry.ts';
import { groupMetrics } from './results.ts';

it.each(scenarioNames)('every metric of %s has a group', (name) => {
  const { metrics } = readings[name];
  const groups = groupMetrics(metrics, parts[name].metricGroups);
  expect(groups.map((group) => group.title)).not.toContain('Other');
  expect(groups.flatMap((group) => group.members)).toHaveLength(metrics.length);
});

const metric = (id: string) =>
  ({ id, title: id, unit: 'count', better: 'lower', definition: '' }) as const;

it("a scenario's own group comes first, or before the group that it names", () => {
  const own = [
    { title: 'Between', words: ['between'], before: 'Cost' },
    { title: 'First', words: ['first'] },
  ];
  const metrics = ['cpu.x', 'open.x', 'between.x', 'first.x', 'unknown.x'].map(metric);
  expect(groupMetrics(metrics, own).map(({ title }) => title)).toEqual([
    'First',
    'Opening',
    'Between',
    'Cost',
    'Other',
  ]);
});
