import { expect, test } from 'vitest';
import type { CompletionsTrial } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { completionsReading } from './reading.ts';
import { endpointsOf, findMetric } from '../../analysis/scenario-reading.ts';

const [steady] = fixtureRun({ blocks: 1 }).trials;

/** 500 streams in 2 s that cost 300 ms of CPU. */
function closedLoop(streams = 500): CompletionsTrial {
  if (steady?.outcome !== 'completed') throw new TypeError('the fixture has completed trials');
  const { server, client } = steady;
  const use = { ...server.use, cpuUserNs: 200 * NS_PER_MS, cpuSystemNs: 100 * NS_PER_MS };
  return {
    ...steady,
    outcome: 'completions',
    windowNs: 2 * NS_PER_S,
    distributions: { completionNs: fixtureDistribution(80 * NS_PER_MS) },
    completions: {
      streams,
      tokens: streams * 150,
      bytesRead: streams * 7400,
      client: {
        node: 'v24',
        use: client.use,
        streamsAsked: 510,
        streamsWhole: 505,
        streamsAbandoned: 5,
        errors: [],
      },
      server: { ...server, use },
    },
  };
}

const valueOf = (id: string, trial = closedLoop()): number | undefined =>
  findMetric(completionsReading, id)?.value(trial);

test('rate, cost and bytes are those of the streams that ended in the window', () => {
  expect(valueOf('completions.rate')).toBe(250);
  expect(valueOf('cpu.server.stream')).toBe(0.6 * NS_PER_MS);
  expect(valueOf('bytes.completion')).toBe(7400);
  expect(valueOf('completion.p50')).toBe(80 * NS_PER_MS);
});

test('without a whole stream a stream has no cost and no bytes, and the rate is 0', () => {
  expect(valueOf('completions.rate', closedLoop(0))).toBe(0);
  expect([
    valueOf('cpu.server.stream', closedLoop(0)),
    valueOf('bytes.completion', closedLoop(0)),
  ]).toEqual([undefined, undefined]);
});

test('the one endpoint of a closed loop is what a stream costs the server', () => {
  expect(endpointsOf(completionsReading).map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
    'P5 cpu.server.stream',
  ]);
});

test('a steady trial has none of it', () => {
  expect(
    completionsReading.metrics.filter((metric) => metric.value(steady as never) !== undefined),
  ).toEqual([]);
});
