import { parse, type TestSuite, type TestSuites } from 'junit2json';
import { expect, it } from 'vitest';
import type { Analysis } from '../../analysis/analysis.ts';
import { judgeThresholds } from '../../analysis/thresholds.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import { joinJunit, renderJunit } from './junit.ts';

/** What a reader of another author finds in the file; its counts must be those of its cases. */
async function readJunit(text: string): Promise<readonly TestSuite[]> {
  const { testsuite = [] } = (await parse(text)) as TestSuites;
  for (const { tests, failures, errors, testcase = [] } of testsuite) {
    const failed = testcase.filter(({ failure }) => failure !== undefined);
    expect({ tests, failures, errors }).toEqual({
      tests: testcase.length,
      failures: failed.length,
      errors: 0,
    });
  }
  return testsuite;
}

const failuresIn = (suites: readonly TestSuite[]) =>
  suites.flatMap(({ testcase = [] }) => testcase.flatMap(({ failure = [] }) => failure));

const threshold = (limit: number, text: string) => ({
  text,
  arm: undefined,
  metric: 'delivery.p50',
  operator: '>' as const,
  limit,
});

function junitOf(analysis: Analysis, limits: readonly number[] = []): string {
  const thresholds = judgeThresholds(
    analysis,
    limits.map((limit) => threshold(limit, `delivery.p50 > ${limit}ns`)),
  );
  return renderJunit({ analysis, metrics: fixtureMetrics, thresholds });
}

/** All of its trials were measured. */
const wellAnalysis = (): Analysis => {
  const analysis = fullAnalysis();
  return { ...analysis, trials: { ...analysis.trials, failed: 0 } };
};

it('a threshold that was missed is a failure that says what was measured, one that held is none', async () => {
  const suites = await readJunit(junitOf(wellAnalysis(), [1, 1e15]));
  expect(suites).toHaveLength(1);
  const cases = suites[0]?.testcase ?? [];
  // Two arms at two load points, of which the gates held.
  expect(cases).toHaveLength(11);
  const failed = cases.filter(({ failure }) => failure !== undefined);
  expect(failed).toHaveLength(4);
  expect(failed.map(({ name }) => name)).toContain('delivery.p50 > 1ns, ws, 100 connections');
  for (const failure of failuresIn(suites)) {
    expect(failure.type).toBe('failed');
    expect(failure.message).toMatch(/^measured /);
  }
});

it('a load point whose gates did not hold is a failure by itself', async () => {
  const failures = failuresIn(await readJunit(junitOf(invalidAnalysis())));
  expect(failures.find(({ type }) => type === 'INVALID')?.message).toMatch(/^INVALID: /);
});

it('a run in which all is well has cases and no failure', async () => {
  expect(failuresIn(await readJunit(junitOf(wellAnalysis())))).toEqual([]);
  expect(failuresIn(await readJunit(junitOf(fullAnalysis())))).toHaveLength(1);
});

it('markup and control characters of a name stay text', async () => {
  const name = '</testsuite>"&\u0000\u001B[31m';
  const suites = await readJunit(junitOf({ ...fullAnalysis(), name }));
  expect(suites).toHaveLength(1);
  expect(suites[0]?.properties).toContainEqual({
    name: 'run',
    value: '</testsuite>"&\uFFFD\uFFFD[31m',
  });
});

it('runs of a suite are suites of one file, each with a number of its own', async () => {
  const text = joinJunit([junitOf(fullAnalysis()), junitOf(fullAnalysis())]);
  expect((await readJunit(text)).map(({ id }) => id)).toEqual([0, 1]);
});
