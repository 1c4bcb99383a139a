import { expect, test } from 'vitest';
import { fixtureRun } from '../analysis/analysis-fixture.ts';
import { metricsOfPlan } from '../analysis/scenario-reading.ts';
import { poissonArrivals } from '../contract/arrival-model.ts';
import type { ArrivalsPlan } from '../contract/arrivals.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { streamReading } from '../scenarios/stream/reading.ts';
import { renderArrivals } from './arrivals.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { steadyCircumstances } from './steady-circumstances.ts';

const most = { streams: 3, tokens: 60, connections: 2 };
const trace: ArrivalsPlan = {
  kind: 'trace',
  given: 'folder/chat.csv:x10',
  file: 'chat.csv',
  sha256: 'ab',
  format: 'azure',
  speed: 10,
  rows: 5000,
  spanNs: 600 * NS_PER_S,
  sameTimeRows: 40,
  inputTokens: { median: 388, most: 4085 },
  startNs: [0, NS_PER_MS, NS_PER_S],
  tokens: [10, 20, 30],
  most,
};

/** SSE began its streams 2 ms late, WebSocket 0.2 ms. */
function arrive(trial: CompletedTrial): CompletedTrial {
  const startLagP99Ns = (trial.arm.transport === 'sse' ? 2 : 0.2) * NS_PER_MS;
  const counts = { windowStarts: 30, mostAtOnce: 24, cutStreams: 4, cutTokens: 90 };
  return {
    ...trial,
    arrivals: { ...counts, startsPerSecond: 15, gapVariation: 1.4, startLagP99Ns },
  };
}

function reportOf(arrivals: ArrivalsPlan | undefined) {
  const run = fixtureRun({
    blocks: 3,
    ...(arrivals !== undefined && { plan: { arrivals }, edit: arrive }),
  });
  const analysis = analyseRun(run);
  const metrics = metricsOfPlan(streamReading, analysis.plan);
  return {
    metrics,
    section: renderMarkdown(renderArrivals({ analysis, metrics })),
    circumstances: steadyCircumstances(analysis),
  };
}

const row = (text: string, title: string): string[] =>
  (text.split('\n').find((line) => line.startsWith(`| ${title}`)) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

test('says where the streams of a trace are from, what of it is used and what is not', () => {
  const { section, circumstances } = reportOf(trace);
  expect(section).toContain('Streams begin when the trace `chat.csv` says, 10 times as fast');
  expect(section).toContain(
    'has 5000 rows over 600 s: the first 3 begin within a trial, and the 4997 after them are not used',
  );
  expect(section).toContain('40 rows of the file have the time of the row before them');
  expect(section).toContain(
    'input lengths (median 388 tokens, at most 4085 in the rows used) are recorded and have no effect',
  );
  expect(section).toContain('drift of delivery within the window is not counted as a doubt');
  expect(circumstances).toContain('streams of 10 to 30 tokens (mean 20)');
});

test('shows how streams arrived in each arm', () => {
  const { section } = reportOf(trace);
  expect(row(section, 'Streams begun')).toEqual(['15.0 starts/s', '15.0 starts/s']);
  expect(row(section, 'Variation of the gaps')).toEqual(['140 %', '140 %']);
  expect(row(section, 'Most streams open at once')).toEqual(['24', '24']);
  expect(row(section, 'Start lag p99')).toEqual(['2.00 ms', '200 µs']);
  expect(row(section, 'Streams cut at the end of the trial')).toEqual(['4', '4']);
});

test('says how the gaps of a model are drawn', () => {
  const { section } = reportOf({ kind: 'drawn', speed: 1, model: poissonArrivals(20), most });
  expect(section).toContain('Streams begin as a Poisson process, 20 a second in the long run');
  const { section: bursts } = reportOf({
    kind: 'drawn',
    speed: 1,
    model: {
      phases: [
        { meanGapMs: 1, next: [0.9, 0.1] },
        { meanGapMs: 11, next: [0.9, 0.1] },
      ],
    },
    most,
  });
  expect(bursts).toContain(
    'in bursts: exponential gaps whose mean changes among 2 values, with a coefficient of variation of 2.35 in the long run, 500 a second',
  );
});

test('a steady population has no such section and no such metrics', () => {
  const { section, metrics, circumstances } = reportOf(undefined);
  expect(section).toBe('');
  expect(metrics.filter(({ id }) => id.startsWith('arrivals.'))).toEqual([]);
  expect(circumstances).toContain('streams of 150 tokens');
});
