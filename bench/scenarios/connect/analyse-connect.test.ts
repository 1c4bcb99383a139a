import { expect, test } from 'vitest';
import type { CompletedTrial, LoadPoint, Plan } from '../../contract/run-file.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { analyse } from '../../analysis/analyse.ts';
import { judgeThresholds } from '../../analysis/thresholds.ts';
import { connectReading } from './reading.ts';

const connectings = ['storm', 'cold', 'warm'] as const;
/** The fixture tells load points apart by their connections; all become 100. */
const FIRST = 100;
const loadPointOf = (connections: number): LoadPoint => ({
  connections: 100,
  connecting: connectings[connections - FIRST]!,
});

function asConnect(trial: CompletedTrial): CompletedTrial {
  const loadPoint = loadPointOf(trial.loadPoint.connections);
  if (loadPoint.connecting !== 'storm') return { ...trial, loadPoint };
  const isFirst = trial.block === 1 && trial.arm.transport === 'ws';
  const errors = isFirst
    ? [
        { cause: 'ECONNREFUSED', count: 1, example: 'stream 3: refused' },
        { cause: 'open-timeout', count: 2, example: 'stream 4: late' },
      ]
    : [];
  const client = { ...trial.client, errors };
  return {
    ...trial,
    loadPoint,
    client,
    storm: { streams: 100, accepted: 100, issueNs: 1e6, spanNs: 50e6, outlastsWindow: false },
  };
}

/**
 * Open latency is 1.5 times as long on new connections, and CPU time of SSE twice; nothing else
 * differs.
 */
function connectRun() {
  const run = fixtureRun({
    plan: {
      scenario: 'connect',
      loadPoints: connectings.map((_, index) => ({ connections: FIRST + index })),
    },
    blocks: 12,
    noise: 0,
    edit: asConnect,
    factor: (quantity, transport, connections) => {
      if (connections !== FIRST + 1) return 1;
      return quantity === 'openNs' ? 1.5 : quantity === 'serverCpu' && transport === 'sse' ? 2 : 1;
    },
  });
  const loadPoints: Plan['loadPoints'] = connectings.map((_, index) => loadPointOf(FIRST + index));
  return { ...run, header: { ...run.header, plan: { ...run.header.plan, loadPoints } } };
}

test('each arm is held against itself on new and on kept connections, over blocks', () => {
  const { kept } = analyse(connectRun(), connectReading).connect;
  expect(kept.map(({ metric, arm, blocks }) => [metric, arm, blocks])).toEqual([
    ['open.p50', 'sse', 12],
    ['open.p50', 'ws', 12],
    ['ttft.overhead.p50', 'sse', 12],
    ['ttft.overhead.p50', 'ws', 12],
    ['cpu.server.stream', 'sse', 12],
    ['cpu.server.stream', 'ws', 12],
    ['bytes.stream', 'sse', 12],
    ['bytes.stream', 'ws', 12],
  ]);
  const saved = (metric: string, arm: string): number =>
    kept.find((one) => one.metric === metric && one.arm === arm)!.saved!.value;
  // The two load points of a block do not share their drawn disturbance in the fixture, so only
  // signs and ranks are known.
  expect(saved('open.p50', 'sse')).toBeGreaterThan(0);
  expect(saved('cpu.server.stream', 'sse')).toBeGreaterThan(saved('cpu.server.stream', 'ws'));
  expect(saved('bytes.stream', 'sse')).toBe(0);
});

test('what is saved is the time on new connections less that on kept ones', () => {
  const { kept } = analyse(connectRun(), connectReading).connect;
  for (const { cold, warm, saved } of kept.filter(({ metric }) => metric === 'ttft.overhead.p50'))
    expect(saved!.value).toBeCloseTo(cold!.value - warm!.value, 6);
});

test('a run without TLS has no sessions to resume', () => {
  expect(analyse(connectRun(), connectReading).connect).not.toHaveProperty('resumed');
});

test('a storm has a curve of its openings for each arm, and failures by cause over all its trials', () => {
  const [storm, ...others] = analyse(connectRun(), connectReading).connect.storms;
  expect(others).toEqual([]);
  expect(storm!.loadPoint).toEqual({ connections: 100, connecting: 'storm' });
  expect(storm!.curves.map(({ arm, points }) => [arm, points[0]!.q, points.at(-1)!.q])).toEqual([
    ['sse', 0, 1],
    ['ws', 0, 1],
  ]);
  expect(storm!.failures).toEqual([
    { arm: 'ws', cause: 'open-timeout', count: 2, streams: 1200, example: 'stream 4: late' },
    { arm: 'ws', cause: 'ECONNREFUSED', count: 1, streams: 1200, example: 'stream 3: refused' },
  ]);
});

test('a threshold is judged where its metric is asked about, and missed nowhere else', () => {
  const analysis = analyse(connectRun(), connectReading);
  const judge = (metric: string): unknown[] =>
    judgeThresholds(analysis, [{ text: metric, metric, arm: 'sse', operator: '<', limit: 1 }]).map(
      ({ loadPoint, outcome }) => [loadPoint.connecting, outcome],
    );
  expect(judge('open.rate')).toEqual([['storm', 'passed']]);
  expect(judge('ttft.overhead.p50')).toEqual([
    ['cold', 'passed'],
    ['warm', 'passed'],
  ]);
  // Not a metric of this scenario: it must not pass for want of a number.
  expect(judge('delivery.p50')).toEqual(
    connectings.map((connecting) => [connecting, 'not-measured']),
  );
});
