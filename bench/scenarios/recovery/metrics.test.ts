import { describe, expect, test } from 'vitest';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import type { FaultedTrial } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { isFaulted } from '../../analysis/measured-trials.ts';
import { recoveryRun, type RecoveryRunOptions } from './recovery-fixture.ts';
import { recoveryReading } from './reading.ts';
import {
  endpointsOf,
  findMetric,
  metricsAt,
  type MetricPlace,
} from '../../analysis/scenario-reading.ts';
import { steadyMetrics } from '../../analysis/metrics/steady.ts';

function trialOf(options: RecoveryRunOptions = {}): FaultedTrial {
  const trial = recoveryRun({ noise: 0, blocks: 1, burnInBlocks: 0, ...options }).trials.find(
    isFaulted,
  );
  if (trial === undefined) throw new Error('no trial was made');
  return trial;
}

const value = (id: string, trial: FaultedTrial): number | undefined =>
  findMetric(recoveryReading, id)!.value(trial);

/** Distributions in which `clients` clients resume, after 1, 2, 3 … ms. */
function backAfter(clients: number): FaultedTrial['distributions'] {
  const samples = Float64Array.from({ length: clients }, (_, client) => (client + 1) * NS_PER_MS);
  return { faultToResumedNs: summariseDistribution(samples)! };
}

function withBack(back: number, neverBack: number): FaultedTrial {
  const trial = trialOf();
  return {
    ...trial,
    distributions: backAfter(back),
    recovery: { ...trial.recovery, neverBack, clients: 100 },
  };
}

const endpointAt = (place: MetricPlace): string | undefined =>
  metricsAt(recoveryReading, place)[0]?.endpoint;

describe('time to the resumed stream', () => {
  test('is that of the client at the quantile', () => {
    expect(value('resumed.p95', withBack(100, 0))).toBe(95 * NS_PER_MS);
    expect(value('resumed.p50', withBack(100, 0))).toBe(50 * NS_PER_MS);
    expect(value('resumed.max', withBack(100, 0))).toBe(100 * NS_PER_MS);
    expect(value('resumed.p95', withBack(20, 0))).toBe(19 * NS_PER_MS);
  });

  test('counts a client that never came back as infinitely late', () => {
    // The 95th of 100 clients is the 95th of 98; the saved quantiles have the 96th.
    expect(value('resumed.p95', withBack(98, 2))).toBe(96 * NS_PER_MS);
    expect(value('resumed.p95', withBack(95, 5))).toBe(95 * NS_PER_MS);
    expect(value('resumed.p95', withBack(94, 6))).toBeUndefined();
    expect(value('resumed.p50', withBack(94, 6))).toBeDefined();
    expect(value('resumed.max', withBack(99, 1))).toBeUndefined();
  });

  test('leaves out clients that were not interrupted, and those who count all clients do not', () => {
    const fewHit = withBack(20, 0);
    expect(value('resumed.max', fewHit)).toBe(20 * NS_PER_MS);
    expect(value('recovered.50', fewHit)).toBeUndefined();
    expect(value('recovered.50', withBack(60, 0))).toBe(51 * NS_PER_MS);
    expect(value('recovered.100', withBack(100, 0))).toBe(100 * NS_PER_MS);
    expect(value('recovered.100', withBack(99, 0))).toBeUndefined();
  });
});

test('peaks are the fullest bin of attempts and the fullest second of acceptances', () => {
  const trial = trialOf();
  const accepted = Array.from({ length: 30 }, (_, bin) => (bin >= 5 && bin < 15 ? 3 : 1));
  const curve = { ...trial.recovery.curve, attempts: [0, 4, 9, 2], accepted };
  const edited = { ...trial, recovery: { ...trial.recovery, curve } };
  expect(value('attempts.peak', edited)).toBe(9);
  expect(value('accepts.peak', edited)).toBe(30);
});

test('attempts are per client that noticed, and none where nobody did', () => {
  expect(value('attempts', trialOf({ faults: ['unavailable'] }))).toBe(3);
  expect(value('attempts', trialOf({ faults: ['idle-heartbeat'] }))).toBeUndefined();
});

test('counts come from client and server, and are unknown without a server', () => {
  const trial = trialOf({ faults: ['kill'] });
  expect([value('lost', trial), value('duplicated', trial), value('replayed', trial)]).toEqual([
    0, 0, 1301,
  ]);
  const { server: _server, ...recovery } = trial.recovery;
  expect(value('replayed', { ...trial, recovery })).toBeUndefined();
});

test('every metric of recovery has a value on some trial, and none on a trial of steady streams', () => {
  const trials = (['kill', 'slow-reader'] as const).map((fault) =>
    trialOf({ faults: [fault], scenario: 'reconnect' }),
  );
  const steady = fixtureRun({ blocks: 1 }).trials[0] as never;
  const own = recoveryReading.metrics;
  expect(
    own
      .filter((metric) => trials.every((trial) => metric.value(trial) === undefined))
      .map(({ id }) => id),
  ).toEqual([]);
  expect(own.filter((metric) => metric.value(steady) !== undefined)).toEqual([]);
  expect(
    steadyMetrics.filter((metric) => trials.some((trial) => metric.value(trial) !== undefined)),
  ).toEqual([]);
});

test('a scenario that breaks something has one endpoint, which comes first', () => {
  expect(endpointsOf(recoveryReading).map(({ id, endpoint }) => `${endpoint} ${id}`)).toEqual([
    'P8 resumed.p95',
  ]);
  expect(recoveryReading.metrics[0]?.id).toBe('resumed.p95');
});

test('time to the resumed stream is an endpoint only where all clients wait by the identical policy', () => {
  const place = { arms: [{ transport: 'sse', client: 'probe', path: 'direct' }] } as const;
  expect(endpointAt({ ...place, loadPoint: { connections: 1, policy: 'identical' } })).toBe('P8');
  expect(
    endpointAt({ ...place, loadPoint: { connections: 1, policy: 'as-specified' } }),
  ).toBeUndefined();
  const itself = [{ transport: 'sse', client: 'eventsource', path: 'direct' }] as const;
  expect(
    endpointAt({ ...place, arms: itself, loadPoint: { connections: 1, policy: 'identical' } }),
  ).toBeUndefined();
});
