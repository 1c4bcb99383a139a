import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Analysis } from '../../analysis/analysis.ts';
import { judgeThresholds } from '../../analysis/thresholds.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import { joinJunit, renderJunit } from './junit.ts';

const schema = readFileSync(new URL('schema/junit.xsd', import.meta.url), 'utf8');

async function faultsOf(text: string): Promise<readonly string[]> {
  const { valid, errors } = await validateXML({
    xml: { fileName: 'junit.xml', contents: text },
    schema,
  });
  return valid ? [] : errors.map(({ message }) => message);
}

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

const failuresOf = (text: string): number => text.match(/<failure /g)?.length ?? 0;

it('a threshold that was missed is a failure that says what was measured, one that held is none', async () => {
  const text = junitOf(wellAnalysis(), [1, 1e15]);
  expect(await faultsOf(text)).toEqual([]);
  expect(text).toContain('name="delivery.p50 &gt; 1ns, ws, 100 connections"');
  expect(text).toMatch(/<failure message="measured [^"]+" type="failed">/);
  // Two arms at two load points, of which the gates held.
  expect(failuresOf(text)).toBe(4);
  expect(text).toContain('tests="11" failures="4"');
});

it('a load point whose gates did not hold is a failure by itself', async () => {
  const text = junitOf(invalidAnalysis());
  expect(await faultsOf(text)).toEqual([]);
  expect(text).toMatch(/<failure message="INVALID: [^"]+" type="INVALID">/);
});

it('a run in which all is well has cases and no failure', async () => {
  const text = junitOf(wellAnalysis());
  expect(await faultsOf(text)).toEqual([]);
  expect(failuresOf(text)).toBe(0);
  expect(failuresOf(junitOf(fullAnalysis()))).toBe(1);
});

it('markup and control characters of a name stay text', async () => {
  const text = junitOf({ ...fullAnalysis(), name: '</testsuite>"&\u0000\u001B[31m' });
  expect(await faultsOf(text)).toEqual([]);
  expect(text).toContain('value="&lt;/testsuite&gt;&quot;&amp;\uFFFD\uFFFD[31m"');
});

it('runs of a suite are suites of one file, each with a number of its own', async () => {
  const text = joinJunit([junitOf(fullAnalysis()), junitOf(fullAnalysis())]);
  expect(await faultsOf(text)).toEqual([]);
  expect(text.match(/ id="\d"/g)).toEqual([' id="0"', ' id="1"']);
});

it('the schema convicts what is wrong', async () => {
  expect(await faultsOf(junitOf(fullAnalysis()).replace(' tests="3"', ''))).not.toEqual([]);
});
