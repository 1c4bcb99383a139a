import { expect, test } from 'vitest';
import { fixtureRun } from './analysis-fixture.ts';
import { recordedFactors } from './setup-factors.ts';

test('only what every completed trial has saved counts as varied', () => {
  expect(recordedFactors(fixtureRun())).toEqual(['environmentPadding', 'hashSeed', 'serverFirst']);
  const whole = fixtureRun({
    edit: (trial) => ({
      ...trial,
      serverPort: 40_000 + trial.trial,
      setup: { ...trial.setup, randomSeed: 7, workingDirectoryBytes: 0, serverCpu: 0 },
    }),
  });
  expect(recordedFactors(whole)).toEqual([
    'environmentPadding',
    'hashSeed',
    'randomSeed',
    'workingDirectory',
    'serverFirst',
    'cpus',
    'port',
  ]);
  expect(
    recordedFactors(
      fixtureRun({ edit: (trial) => (trial.trial === 3 ? { ...trial, serverPort: 1 } : trial) }),
    ),
  ).not.toContain('port');
});

test('a run without trials varied nothing', () => {
  expect(recordedFactors(fixtureRun({ edit: () => undefined }))).toEqual([]);
});
