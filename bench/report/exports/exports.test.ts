import { expect, it } from 'vitest';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { failedLike } from '../../analysis/trial-fixture.ts';
import { steadyMetrics as metrics } from '../../analysis/metrics/steady.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import { fullAnalysis } from '../report-fixture.ts';
import { renderBencher } from './bencher.ts';
import { renderCsv } from './csv.ts';
import { renderGithubBenchmark } from './github-benchmark.ts';
import { renderHistograms } from './hgrm.ts';

const context = {
  analysis: fullAnalysis(),
  metrics: fixtureMetrics.map((metric) =>
    Object.assign({ isExact: metric.id.startsWith('bytes.') }, metric),
  ),
};

const message = 'the server process said "out of memory", and ended';
const run = fixtureRun({
  blocks: 2,
  transports: ['sse', 'ws', 'tcp'],
  edit: (trial) => (trial.trial === 5 ? failedLike(trial, message) : trial),
});

it.each([
  ['export.csv', renderCsv(run, metrics)],
  ['export-github-benchmark.json', renderGithubBenchmark(context)],
  ['export-bencher.json', renderBencher(context)],
  ['export-sse-100-delivery.hgrm', renderHistograms(run)[0]?.text],
])('%s is the one that was read and approved', async (name, text) => {
  await expect(text).toMatchFileSnapshot(`../golden/${name}`);
});
