import { expect, test } from 'vitest';
import type { CompletedTrial, LoadPoint } from '../../contract/run-file.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { connectMetrics } from './metrics.ts';
import { connectReading } from './reading.ts';
import { metricsAt, metricsOfPoint } from '../../analysis/scenario-reading.ts';
import { steadyMetrics } from '../../analysis/metrics/steady.ts';

const [trial] = fixtureRun({ blocks: 1, noise: 0 }).trials as readonly CompletedTrial[];
const storm = { streams: 400, accepted: 390, issueNs: 20e6, spanNs: 130e6, outlastsWindow: false };
const value = (id: string, change: Partial<CompletedTrial>): number | undefined =>
  connectMetrics.find((one) => one.id === id)!.value({ ...trial!, ...change });

const points = {
  storm: { connections: 400, connecting: 'storm' },
  cold: { connections: 100, connecting: 'cold' },
  warm: { connections: 100, connecting: 'warm' },
} as const satisfies Record<string, LoadPoint>;
const arms = [trial!.arm, { ...trial!.arm, transport: 'ws' as const }];
const endpointsAt = (loadPoint: LoadPoint): string[] =>
  metricsAt(connectReading, { loadPoint, arms }).flatMap(({ id, endpoint }) =>
    endpoint === undefined ? [] : [`${endpoint} ${id}`],
  );

test('opening is an endpoint where something is opened, and the first token where streams begin one by one', () => {
  expect(endpointsAt(points.storm)).toEqual(['P1 open.p50']);
  expect(endpointsAt(points.cold)).toEqual(['P1 open.p50', 'P2 ttft.overhead.p50']);
  expect(endpointsAt(points.warm)).toEqual(['P2 ttft.overhead.p50']);
});

function idsAt(loadPoint: LoadPoint): readonly string[] {
  return metricsOfPoint(connectReading, {}, loadPoint).map(({ id }) => id);
}

test('each load point has only the metrics that say something there', () => {
  expect(idsAt(points.storm)).toContain('open.rate');
  expect(idsAt(points.storm)).not.toContain('connect.p50');
  expect(idsAt(points.cold)).toContain('connect.p50');
  expect(idsAt(points.warm)).not.toContain('connect.p50');
  expect(idsAt(points.warm)).not.toContain('open.failed');
});

test('opens per second are the accepted streams over the time from the first request to the last acceptance', () => {
  expect(value('open.rate', { storm })).toBe(3000);
  expect(value('open.rate', {})).toBeUndefined();
  expect(
    value('open.rate', { storm: { streams: 400, accepted: 0, issueNs: 1, outlastsWindow: false } }),
  ).toBeUndefined();
});

test('failures are shares of the storm, by what they failed by', () => {
  const errors = [
    { cause: 'ECONNREFUSED', count: 2, example: '' },
    { cause: 'http-503', count: 2, example: '' },
    { cause: 'open-timeout', count: 4, example: '' },
    { cause: 'ECONNRESET', count: 2, example: '' },
  ];
  const client = { ...trial!.client, errors, streamsVerified: 390 };
  expect(
    ['open.failed', 'open.refused', 'open.timedout'].map((id) => value(id, { storm, client })),
  ).toEqual([0.025, 0.01, 0.01]);
  expect(value('open.refused', { storm })).toBe(0);
  expect(value('open.failed', { client })).toBeUndefined();
});

test('the counters of the kernel are what they are, and unknown where they could not be read', () => {
  const kernel = { listenOverflows: 3, listenDrops: 4, synRetransmits: 5 };
  expect(
    ['open.overflows', 'open.drops', 'open.synretransmits'].map((id) =>
      value(id, { storm, kernel }),
    ),
  ).toEqual([3, 4, 5]);
  expect(value('open.drops', { storm, kernel: { listenOverflows: 3 } })).toBeUndefined();
});

test('a storm is no sample: its quantiles hold however few streams it has, where others need enough of them', () => {
  const distributions = {
    openNs: fixtureDistribution(1e6, 2),
    ttftNs: fixtureDistribution(2e6, 2),
  };
  expect(value('open.p99', { storm, distributions })).toBeGreaterThan(1e6);
  expect(value('ttft.p50', { storm, distributions })).toBeGreaterThan(1e6);
  expect(value('open.p99', { distributions })).toBeUndefined();
  expect(
    value('open.p99', { distributions: { openNs: fixtureDistribution(1e6, 1000) } }),
  ).toBeGreaterThan(1e6);
});

test('processor time of the server is shared by the streams that began, of a storm by those that were accepted', () => {
  const cpuNs = trial!.server.use.cpuUserNs + trial!.server.use.cpuSystemNs;
  expect(value('cpu.server.stream', {})).toBe(cpuNs / trial!.planned.windowStarts);
  expect(value('cpu.server.stream', { storm })).toBe(cpuNs / 390);
  expect(value('cpu.server.stream', { storm: { ...storm, accepted: 0 } })).toBeUndefined();
  expect(value('cpu.server.stream', { storm: { ...storm, outlastsWindow: true } })).toBeUndefined();
});

test('every quantile is the one of steady streams, under the same id', () => {
  const steady = new Map(steadyMetrics.map((metric) => [metric.id, metric]));
  const shared = connectMetrics.filter(({ id }) => steady.has(id));
  expect(shared.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['open.p50', 'open.p99', 'ttft.p50']),
  );
  for (const { id, definition, unit, quantile } of shared)
    expect({ definition, unit, quantile }).toEqual({
      definition: steady.get(id)!.definition,
      unit: steady.get(id)!.unit,
      quantile: steady.get(id)!.quantile,
    });
});
