import { expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import { fixtureDistribution } from '../analysis/trial-fixture.ts';
import type { CanaryReading } from '../contract/canary.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderReport } from './report.ts';
import { renderCanary } from './canary.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { streamReading } from '../scenarios/stream/reading.ts';
import { streamParts } from '../scenarios/stream/parts.ts';

const reading = (medianMs: number, requests: number): CanaryReading => ({
  requests,
  errors: 0,
  unanswered: 0,
  times: fixtureDistribution(medianMs * NS_PER_MS, requests),
});

/**
 * Beside streams SSE answers after 3 ms and WebSocket after 2 ms; 400 requests support a p99, 50 do
 * not.
 */
function withCanary(trial: CompletedTrial): CompletedTrial {
  if (trial.arm.transport === 'tcp') return trial;
  const loaded = { ...reading(trial.arm.transport === 'sse' ? 3 : 2, 400), errors: 1 };
  return { ...trial, canary: { idle: reading(0.5, 50), loaded, waitedForCpu: 0.01 } };
}

function analysisOf(hasCanary: boolean): Analysis {
  const run = fixtureRun({
    transports: ['sse', 'ws', 'tcp'],
    blocks: 3,
    ...(hasCanary && { plan: { canary: { requestsPerSecond: 50 } }, edit: withCanary }),
  });
  return analyseRun(run);
}

const sectionOf = (analysis: Analysis): string =>
  renderMarkdown(renderCanary({ analysis, metrics: metricsOfPlan(streamReading, analysis.plan) }));

/** The cells of the row that begins with `title`. */
const row = (text: string, title: string): string[] =>
  (text.split('\n').find((line) => line.startsWith(`| ${title}`)) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

it('shows idle and loaded quantiles of each server, and leaves out the null arm', () => {
  const text = sectionOf(analysisOf(true));
  expect(text).toContain('## The canary');
  expect(row(text, ' ')).toEqual(['SSE', 'WebSocket']);
  expect(row(text, 'Ordinary request idle p50')).toEqual(['500 µs', '500 µs']);
  expect(row(text, 'Ordinary request beside streams p50')).toEqual(['3.00 ms', '2.00 ms']);
  expect(row(text, 'Ordinary requests without an answer')).toEqual(['1', '1']);
  expect(row(text, 'Canary waiting for a CPU')).toEqual(['1.00 %', '1.00 %']);
});

it('shows a p99 only where there were requests enough for one', () => {
  const text = sectionOf(analysisOf(true));
  expect(row(text, 'Ordinary request beside streams p99')).toHaveLength(2);
  expect(text).not.toContain('Ordinary request idle p99');
});

it('a run without a canary knows nothing of one, in no part of its report', () => {
  const analysis = analysisOf(false);
  expect(sectionOf(analysis)).toBe('');
  expect(
    renderReport(
      { analysis, metrics: metricsOfPlan(streamReading, analysis.plan), parts: streamParts },
      { charts: [] },
    ),
  ).not.toMatch(/canary|ordinary request/i);
});

it('the canary has no endpoint: nothing of it gets a verdict', () => {
  const { comparisons } = analysisOf(true).loadPoints[0]!;
  const own = comparisons.filter(({ metric }) => metric.startsWith('canary.'));
  expect(own.length).toBeGreaterThan(3);
  expect(own.map(({ endpoint }) => endpoint)).toEqual(own.map(() => undefined));
});
