import { describe, expect, test } from 'vitest';
import { isCopy } from '../contract/arms/arms.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import type { NoiseFloor } from './measured-trials.ts';
import { findCopy, isCopyOf } from './equal-arms.ts';
import type { FixtureQuantity } from './trial-fixture.ts';
import { analyseRun } from '../scenarios/readings.ts';

const analysis = (options: FixtureOptions = {}) =>
  analyseRun(fixtureRun({ copy: true, ...options }));

function floorOf(metric: string, options: FixtureOptions = {}): NoiseFloor {
  return analysis(options).loadPoints[0]!.noiseFloors.find((floor) => floor.metric === metric)!;
}

function verdictOf(metric: string, options: FixtureOptions) {
  return analysis(options).loadPoints[0]!.comparisons.find(
    (one) => one.metric === metric && one.otherArm === 'ws',
  )!;
}

/**
 * A factor that acts on one quantity of the copy alone: a harness that treats equal arms unequally.
 */
function ofCopy(quantity: FixtureQuantity, factor: number): NonNullable<FixtureOptions['factor']> {
  return (one, _transport, _connections, arm) =>
    one === quantity && arm !== undefined && isCopy(arm) ? factor : 1;
}

const unequal = ofCopy('serverCpu', 1.08);

function lossInCopy(trial: CompletedTrial): CompletedTrial {
  const gates = trial.gates.map((gate) =>
    gate.id === 'C1' ? Object.assign({}, gate, { ok: false, value: 1 }) : gate,
  );
  return isCopy(trial.arm) ? { ...trial, gates } : trial;
}

function gapInCopy(trial: CompletedTrial): CompletedTrial {
  return isCopy(trial.arm) && trial.block === 3 ? { ...trial, distributions: {} } : trial;
}

/** The copy alone is noisy: the pair that is compared would resolve the margin. */
function noisyCopy(trial: CompletedTrial): CompletedTrial {
  const { use } = trial.server;
  const wild = trial.block % 2 === 0 ? 1.4 : 0.7;
  return isCopy(trial.arm)
    ? { ...trial, server: { ...trial.server, use: { ...use, cpuUserNs: use.cpuUserNs * wild } } }
    : trial;
}

describe('the noise floor', () => {
  test('has one entry for each endpoint, and none without an A/A pair', () => {
    const { copy, loadPoints } = analysis({ connections: [10, 100] });
    expect(copy).toBe('sse+copy');
    expect(loadPoints.map(({ noiseFloors }) => noiseFloors.map(({ metric }) => metric))).toEqual(
      Array.from({ length: 2 }, () => [
        'open.p50',
        'ttft.overhead.p50',
        'delivery.p50',
        'delivery.p99',
        'cpu.server.token',
      ]),
    );
    expect(analysis({ copy: false })).toMatchObject({
      copy: undefined,
      loadPoints: [{ noiseFloors: [] }],
    });
  });

  test('is how far the interval between two equal arms reaches, and what such an interval would find', () => {
    const { ratio, halfWidthRatio, minimumDetectableRatio, blocks } = floorOf('cpu.server.token', {
      noise: 0.05,
    });
    expect(blocks).toBe(12);
    expect(ratio!.low!).toBeLessThan(1);
    expect(ratio!.high!).toBeGreaterThan(1);
    expect(1 + halfWidthRatio!).toBeCloseTo(Math.sqrt(ratio!.high! / ratio!.low!), 12);
    // (t₀.₉₇₅ + t₀.₈₀)/t₀.₉₇₅ with 11 degrees of freedom: 2.201 and 0.876.
    expect(Math.log1p(minimumDetectableRatio!) / Math.log1p(halfWidthRatio!)).toBeCloseTo(
      (2.201 + 0.876) / 2.201,
      3,
    );
  });

  test('of a metric compared by difference is in its unit', () => {
    const { ratio, halfWidthRatio, halfWidth, difference } = floorOf('ttft.overhead.p50', {
      noise: 0.05,
    });
    expect([ratio, halfWidthRatio]).toEqual([undefined, undefined]);
    expect(halfWidth).toBeCloseTo((difference!.high! - difference!.low!) / 2, 6);
  });

  test('is not taken from an arm that is INVALID', () => {
    expect(analysis({ edit: lossInCopy }).loadPoints[0]!.noiseFloors).toEqual([]);
  });

  test('is not measured where some blocks do not support the metric', () => {
    expect(floorOf('delivery.p50', { edit: gapInCopy })).toMatchObject({
      blocks: 11,
      halfWidthRatio: undefined,
      adjustedP: undefined,
      claims: false,
    });
  });
});

describe('the copy of the baseline', () => {
  test('is compared with nothing else and enlarges no family', () => {
    const options = { factor: factorOn('serverCpu', 'ws', 0.8) };
    const { loadPoints } = analysis(options);
    expect(new Set(loadPoints[0]!.comparisons.map(({ otherArm }) => otherArm))).toEqual(
      new Set(['ws']),
    );
    expect(loadPoints[0]!.arms.map(({ name }) => name)).toEqual(['sse', 'ws', 'sse+copy']);
    // All 12 differences have one sign: p = 2/2^12, the smallest of the five endpoints that SSE and
    // WebSocket declared.
    expect(verdictOf('cpu.server.token', options).adjustedP).toBeCloseTo((5 * 2) / 2 ** 12, 12);
  });

  test('forms a family of its own over the endpoints of all load points', () => {
    const { loadPoints } = analysis({ connections: [10, 100], factor: unequal });
    expect(
      loadPoints[0]!.noiseFloors.find(({ metric }) => metric === 'cpu.server.token')!.adjustedP,
    ).toBeCloseTo((10 * 2) / 2 ** 12, 12);
  });

  test('is one only of the baseline itself', () => {
    const sse = { transport: 'sse', client: 'probe', path: 'direct' } as const;
    const copy = { ...sse, label: 'copy' };
    expect(findCopy([sse, { ...sse, transport: 'ws' }, copy])).toBe(copy);
    expect(isCopyOf({ ...sse, client: 'library' }, copy)).toBe(false);
    expect(isCopyOf(sse, { ...sse, label: 'delay 1 ms' })).toBe(false);
    expect(isCopyOf(sse, { ...copy, injection: { kind: 'delay', delayNs: NS_PER_MS } })).toBe(
      false,
    );
  });
});

describe('a verdict', () => {
  test('is not resolvable where two equal arms differ: more blocks would not help', () => {
    const { verdict, sentence } = verdictOf('cpu.server.token', { factor: unequal });
    expect(verdict).toMatchObject({ kind: 'not-resolvable', blocksNeeded: undefined });
    expect(sentence).toMatch(
      /^Server CPU per token cannot be resolved to the margin \(within 5 % or 1 µs per token\), because two equal arms differed here by 8\.\d %: /,
    );
  });

  test('on another endpoint is as it would be', () => {
    expect(verdictOf('delivery.p50', { factor: unequal }).verdict.kind).toBe('equivalent');
  });

  test('says the difference of two equal arms in its unit where there is no ratio', () => {
    const { verdict } = verdictOf('ttft.overhead.p50', { factor: ofCopy('ttftOverheadNs', 1.5) });
    expect(verdict.reason).toMatch(/^two equal arms differed here by 0\.\d+ ms$/);
  });

  test('is not resolvable where the interval between two equal arms is wider than the margin on both scales', () => {
    expect(verdictOf('cpu.server.token', { edit: noisyCopy }).verdict).toMatchObject({
      kind: 'not-resolvable',
      reason: 'the interval between two equal arms is wider than the margin here',
    });
    expect(verdictOf('cpu.server.token', {}).verdict.kind).toBe('equivalent');
  });
});

test('a difference between equal arms is a warning that names endpoint, size and p', () => {
  expect(
    analysis({ factor: unequal }).warnings.find(({ code }) => code === 'equal-arms-differ')
      ?.message,
  ).toMatch(
    /^two equal arms differed by 8\.\d % in Server CPU per token at 100 connections \(p = 0\.002\): no verdict on it$/,
  );
  expect(analysis().warnings.map(({ code }) => code)).not.toContain('equal-arms-differ');
});

test('a copy that is slower than a bare socket does not lift the run off its floor', () => {
  const factor = ofCopy('deliveryScheduledNs', 1.5);
  expect(
    analysis({ transports: ['sse', 'ws', 'tcp'], factor }).warnings.map(({ code }) => code),
  ).toContain('at-floor');
});

test('an A/A pair alone is measured without any comparison', () => {
  const { loadPoints } = analysis({ transports: ['sse'] });
  expect(loadPoints[0]).toMatchObject({ comparisons: [], noiseFloors: { length: 5 } });
});
