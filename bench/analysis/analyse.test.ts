import { describe, expect, test } from 'vitest';
import type { CompletedTrial, SavedRun } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_US } from '../contract/units.ts';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import type { Analysis } from './analysis.ts';
import { failedLike } from './trial-fixture.ts';
import { analyseRun } from '../scenarios/readings.ts';

function comparison(analysis: Analysis, metric: string, { otherArm = 'ws', loadPoint = 0 } = {}) {
  const found = analysis.loadPoints[loadPoint]?.comparisons.find(
    (one) => one.metric === metric && one.otherArm === otherArm,
  );
  if (found === undefined) throw new Error(`no comparison of ${metric} with ${otherArm}`);
  return found;
}

function edited(
  edit: (trial: CompletedTrial) => CompletedTrial,
  options: FixtureOptions = {},
): Analysis {
  return analyseRun(fixtureRun({ ...options, edit }));
}

const verdictOf = (options: FixtureOptions, metric: string) =>
  comparison(analyseRun(fixtureRun(options)), metric).verdict;

const wsCpu = (factor: number): NonNullable<FixtureOptions['factor']> =>
  factorOn('serverCpu', 'ws', factor);

const fail = (trial: CompletedTrial) => failedLike(trial, 'the server process ended');

const isWs = (trial: CompletedTrial): boolean => trial.arm.transport === 'ws';

function missing(trial: CompletedTrial, gateId: string): CompletedTrial {
  return {
    ...trial,
    gates: trial.gates.map((gate) =>
      gate.id === gateId ? Object.assign({}, gate, { ok: false, value: gate.limit * 2 + 1 }) : gate,
    ),
  };
}

describe('effects', () => {
  test('a known ratio of CPU per token is recovered within its interval', () => {
    const { ratio, difference, verdict } = comparison(
      analyseRun(fixtureRun({ factor: wsCpu(0.8) })),
      'cpu.server.token',
    );
    expect(ratio?.value).toBeCloseTo(0.8, 1);
    expect(ratio!.low!).toBeLessThan(0.8);
    expect(ratio!.high!).toBeGreaterThan(0.8);
    expect(difference!.value / NS_PER_US).toBeLessThan(-3);
    expect(verdict).toMatchObject({ kind: 'better', favours: 'ws' });
  });

  test('the ratio of the two estimates is the estimated ratio', () => {
    const { baseline, other, ratio } = comparison(
      analyseRun(fixtureRun({ factor: wsCpu(0.8) })),
      'cpu.server.token',
    );
    expect(other.value / baseline.value).toBeCloseTo(ratio!.value, 12);
  });

  test('swapping the labels inverts the ratio and keeps the winner', () => {
    const run = fixtureRun({ factor: wsCpu(0.8) });
    const { header } = run;
    const swapped: SavedRun = {
      ...run,
      header: { ...header, plan: { ...header.plan, arms: header.plan.arms.toReversed() } },
    };
    const [there, back] = [
      comparison(analyseRun(run), 'cpu.server.token'),
      comparison(analyseRun(swapped), 'cpu.server.token', { otherArm: 'sse' }),
    ];
    expect(back.ratio!.value).toBeCloseTo(1 / there.ratio!.value, 12);
    expect(back.ratio!.low!).toBeCloseTo(1 / there.ratio!.high!, 12);
    expect(back.verdict.favours).toBe('ws');
    expect(back.signFlipP).toBe(there.signFlipP);
  });

  test('two equal arms are equivalent on every endpoint and nothing is better', () => {
    const analysis = analyseRun(fixtureRun());
    expect(
      analysis.loadPoints[0]!.comparisons.filter((one) => one.endpoint !== undefined).map(
        (one) => one.verdict.kind,
      ),
    ).toEqual(Array.from({ length: 5 }, () => 'equivalent'));
  });

  test('the same run gives the same analysis', () => {
    const run = fixtureRun({ blocks: 25 });
    expect(analyseRun(run)).toEqual(analyseRun(run));
  });

  test('a stall that only the scheduled latency shows is found there and nowhere else', () => {
    const stalled = analyseRun(fixtureRun({ factor: factorOn('deliveryScheduledNs', 'ws', 100) }));
    expect(comparison(stalled, 'delivery.p99').verdict).toMatchObject({
      kind: 'better',
      favours: 'sse',
    });
    expect(comparison(stalled, 'delivery.p99').difference!.value).toBeGreaterThan(200 * NS_PER_MS);
    expect(comparison(stalled, 'delivery.ready.p99').ratio!.value).toBeCloseTo(1, 1);
  });
});

const endpointsOf = (analysis: Analysis) =>
  analysis.loadPoints[0]!.comparisons.flatMap(({ endpoint, otherArm }) =>
    otherArm === 'ws' && endpoint !== undefined ? [endpoint] : [],
  );

describe('what is declared', () => {
  test('a plan that says nothing has the endpoints of its time', () => {
    expect(endpointsOf(analyseRun(fixtureRun({})))).toEqual(['P1', 'P2', 'P3', 'P4', 'P5']);
  });

  test('a load point that names its endpoints has no others, and its family is as large', () => {
    const run = fixtureRun({});
    const declared = structuredClone(run);
    for (const point of declared.header.plan.loadPoints) point.endpoints = ['P3', 'P9'];
    for (const trial of declared.trials) trial.loadPoint.endpoints = ['P3', 'P9'];
    const analysis = analyseRun(declared);
    expect(endpointsOf(analysis)).toEqual(['P3', 'P9']);
    const [adjusted, raw] = [
      comparison(analysis, 'delivery.ready.p50'),
      comparison(analyseRun(run), 'delivery.ready.p50'),
    ];
    expect(adjusted.adjustedP).toBeLessThanOrEqual(Math.min(1, 2 * raw.signFlipP!));
    expect(adjusted.adjustedP).toBeGreaterThanOrEqual(raw.signFlipP!);
  });

  test('where a token stands when it is stamped is no difference between transports', () => {
    const ids = analyseRun(fixtureRun({})).loadPoints[0]!.comparisons.map(({ metric }) => metric);
    expect(ids).not.toContain('delivery.transport.p50');
    expect(ids).not.toContain('lateness.p50');
    expect(ids).toContain('delivery.ready.p50');
  });
});

describe('verdicts', () => {
  test('a difference beyond the margin in ratio but not in absolute size is negligible, and its detection is said', () => {
    // 30 % of 600 µs are 0.18 ms, far below the 1 ms that matter for opening a stream.
    expect(verdictOf({ factor: factorOn('openNs', 'ws', 1.3) }, 'open.p50')).toMatchObject({
      kind: 'equivalent',
      differenceDetected: true,
      favours: undefined,
    });
  });

  test('a difference near the margin is detected but its size is uncertain', () => {
    expect(verdictOf({ factor: wsCpu(0.94), noise: 0.025 }, 'cpu.server.token')).toMatchObject({
      kind: 'size-uncertain',
      favours: 'ws',
    });
  });

  test('a run too noisy for the margin says how many blocks it would need', () => {
    const verdict = verdictOf({ noise: 0.3 }, 'cpu.server.token');
    expect(verdict.kind).toBe('not-resolvable');
    expect(verdict.blocksNeeded).toBeGreaterThan(100);
  });

  test('a run not quite precise enough is inconclusive and says how many blocks it needs', () => {
    const verdict = verdictOf({ noise: 0.05, blocks: 10, factor: wsCpu(1.02) }, 'cpu.server.token');
    expect(verdict).toMatchObject({ kind: 'inconclusive', blocksNeeded: 12 });
  });

  test('an effect close to the margin promises nothing of more blocks', () => {
    const verdict = verdictOf(
      { noise: 0.045, blocks: 10, factor: wsCpu(1.03) },
      'cpu.server.token',
    );
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      blocksNeeded: undefined,
      reason: expect.stringContaining('close to the margin'),
    });
  });

  test('one corrupt token in one trial makes every verdict of the arm invalid', () => {
    const analysis = analyseRun(
      fixtureRun({
        edit: (trial) => (isWs(trial) && trial.block === 5 ? missing(trial, 'C1') : trial),
      }),
    );
    expect(comparison(analysis, 'delivery.p50').verdict.kind).toBe('invalid');
    expect(comparison(analysis, 'bytes.token').verdict.kind).toBe('invalid');
    expect(analysis.loadPoints[0]!.invalid).toEqual([
      'C1 tokens lost, duplicated, reordered or corrupt (ws): missed in 1 of 12 trials, worst 1, limit 0',
    ]);
  });

  test('a generator that is too busy in most trials limits the load point, but not the bytes on the socket', () => {
    const analysis = analyseRun(
      fixtureRun({ edit: (trial) => (isWs(trial) ? missing(trial, 'H2') : trial) }),
    );
    expect(comparison(analysis, 'delivery.p50').verdict.kind).toBe('harness-limited');
    // Bytes on the socket are counted whatever the load; how they fall into segments depends on it.
    expect(comparison(analysis, 'bytes.token').verdict.kind).toBe('exact');
    expect(comparison(analysis, 'bytes.token.wire').verdict.kind).toBe('harness-limited');
    expect(analysis.loadPoints[0]!.harnessLimited).toHaveLength(1);
  });

  test('the null arm failing its gates does not touch the comparison of the others', () => {
    const analysis = edited(
      (trial) => (trial.arm.transport === 'tcp' ? missing(trial, 'H2') : trial),
      {
        transports: ['sse', 'ws', 'tcp'],
      },
    );
    expect(comparison(analysis, 'delivery.p50').verdict.kind).toBe('equivalent');
  });

  test('bytes are counted: the smaller arm is favoured beyond 5 % without a test', () => {
    const bytes = comparison(analyseRun(fixtureRun()), 'bytes.token');
    expect(bytes).toMatchObject({
      signFlipP: undefined,
      adjustedP: undefined,
      verdict: { kind: 'exact', favours: 'ws' },
    });
    expect(
      [bytes.baseline.value, bytes.other.value].map((value) => Number(value.toFixed(9))),
    ).toEqual([38, 26]);
    expect(verdictOf({}, 'bytes.payload')).toMatchObject({ kind: 'exact', favours: undefined });
  });

  test('a quantile that a trial cannot support is not measured, however many others can', () => {
    const analysis = edited((trial) => {
      const { deliveryScheduledNs } = trial.distributions;
      if (trial.block !== 3 || deliveryScheduledNs === undefined) return trial;
      return {
        ...trial,
        distributions: {
          ...trial.distributions,
          deliveryScheduledNs: { ...deliveryScheduledNs, effectiveCount: 300 },
        },
      };
    });
    expect(comparison(analysis, 'delivery.p99')).toMatchObject({
      blocks: 11,
      adjustedP: undefined,
      verdict: { kind: 'not-measured' },
    });
    expect(comparison(analysis, 'delivery.p50').verdict.kind).toBe('equivalent');
    expect(
      analysis.loadPoints[0]!.summaries.find(
        (one) => one.metric === 'delivery.p99' && one.arm === 'ws',
      )?.note,
    ).toBe('too few independent samples in 1 of 12 trials');
  });

  test('an endpoint without any value is listed as not measured', () => {
    const analysis = edited((trial) => ({ ...trial, distributions: {} }));
    expect(comparison(analysis, 'open.p50')).toMatchObject({
      blocks: 0,
      baseline: { trials: 0 },
      verdict: { kind: 'not-measured', reason: 'no trial supports this number' },
    });
  });

  test('too few blocks for the correction, or a plan too short, withhold the verdict', () => {
    expect(verdictOf({ blocks: 7, factor: wsCpu(0.5) }, 'cpu.server.token')).toMatchObject({
      kind: 'withheld',
      reason:
        '7 blocks; with fewer than 8 nothing can pass the correction for all comparisons of this run',
    });
    expect(verdictOf({ blocks: 2, verdicts: false }, 'cpu.server.token').kind).toBe('withheld');
    expect(verdictOf({ blocks: 2, verdicts: false }, 'bytes.token').kind).toBe('withheld');
  });

  test('everything that was not declared beforehand is exploratory', () => {
    const exploratory = comparison(analyseRun(fixtureRun({ factor: wsCpu(0.5) })), 'elu.server');
    expect(exploratory.verdict).toMatchObject({ kind: 'withheld', reason: 'exploratory' });
    expect(exploratory.ratio?.value).toBeCloseTo(0.5, 1);
    expect(exploratory.adjustedP).toBeLessThan(0.05);
  });

  test('the null arm gets numbers but no verdict', () => {
    const analysis = analyseRun(fixtureRun({ transports: ['sse', 'ws', 'tcp'] }));
    const floor = comparison(analysis, 'delivery.p50', { otherArm: 'tcp' });
    expect(floor).toMatchObject({
      endpoint: undefined,
      verdict: { kind: 'withheld', reason: 'the null arm is the floor, not a contender' },
    });
  });

  test('Holm counts the endpoints of all load points', () => {
    const one = comparison(analyseRun(fixtureRun({ factor: wsCpu(0.8) })), 'cpu.server.token');
    const three = comparison(
      analyseRun(fixtureRun({ factor: wsCpu(0.8), connections: [10, 100, 1000] })),
      'cpu.server.token',
    );
    // All 12 differences have one sign: p = 2/2^12; it is the smallest of 5, and one of the three
    // smallest of 15.
    expect(one.adjustedP).toBeCloseTo((5 * 2) / 2 ** 12, 12);
    expect(three.adjustedP).toBeCloseTo((15 * 2) / 2 ** 12, 12);
  });
});

describe('what is left out', () => {
  test('burn-in is left out of every number', () => {
    const slow = edited((trial) =>
      trial.burnIn ? { ...trial, server: { ...trial.server, windowTokens: 1 } } : trial,
    );
    expect(slow.loadPoints).toEqual(analyseRun(fixtureRun()).loadPoints);
    expect(slow.trials).toEqual({ planned: 26, completed: 26, failed: 0, burnIn: 2 });
  });

  test('a block with a failed trial is left out whole, and the failure is listed', () => {
    const analysis = analyseRun(
      fixtureRun({ edit: (trial) => (isWs(trial) && trial.block === 4 ? fail(trial) : trial) }),
    );
    expect(comparison(analysis, 'delivery.p50').pairs.map((pair) => pair.block)).toEqual([
      1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    expect(analysis.failures).toEqual([
      {
        trial: expect.any(Number),
        arm: 'ws',
        message: 'the server process ended',
        hint: undefined,
      },
    ]);
    expect(
      analysis.loadPoints[0]!.arms.map(({ name, completed, failed }) => [name, completed, failed]),
    ).toEqual([
      ['sse', 12, 0],
      ['ws', 11, 1],
    ]);
  });

  test('a run that ended early says so', () => {
    const analysis = analyseRun(
      fixtureRun({ edit: (trial) => (trial.block > 10 ? undefined : trial) }),
    );
    expect(analysis.isComplete).toBe(false);
    expect(analysis.warnings).toContainEqual({
      code: 'incomplete',
      message: 'the run ended early: 22 of 26 trials were measured',
    });
  });
});

describe('doubts', () => {
  test('an environment gate warns of the run and stops no verdict', () => {
    const analysis = analyseRun(
      fixtureRun({ edit: (trial) => (trial.block % 2 === 0 ? missing(trial, 'N1') : trial) }),
    );
    expect(analysis.warnings).toContainEqual({
      code: 'environment',
      message:
        'N1 CPU time stolen, mean: missed in 12 of 24 trials at 100 connections (sse 6, ws 6)',
    });
    expect(comparison(analysis, 'delivery.p50').verdict.kind).toBe('equivalent');
  });

  test('without the null arm there is no floor', () => {
    expect(analyseRun(fixtureRun()).warnings.map(({ code }) => code)).toContain('no-floor');
  });

  test('arms that cannot be told from the null arm are said to measure the harness', () => {
    const transports = ['sse', 'ws', 'tcp'] as const;
    const factor = factorOn('deliveryScheduledNs', 'tcp', 0.7);
    expect(analyseRun(fixtureRun({ transports })).warnings.map(({ code }) => code)).toContain(
      'at-floor',
    );
    expect(
      analyseRun(fixtureRun({ transports, factor })).warnings.map(({ code }) => code),
    ).not.toContain('at-floor');
  });

  test('an advantage of running first that exceeds the margin is a carry-over', () => {
    const analysis = edited((trial) => {
      const { use } = trial.server;
      return trial.order === 0
        ? { ...trial, server: { ...trial.server, use: { ...use, cpuUserNs: use.cpuUserNs / 1.3 } } }
        : trial;
    });
    const { warnings, orderEffect } = comparison(analysis, 'cpu.server.token');
    expect(warnings.map(({ code }) => code)).toContain('order');
    // The baseline was cheaper when it ran first, so other/baseline is larger there.
    expect(orderEffect!.low!).toBeGreaterThan(0);
  });

  test('two wild blocks of twelve warn that the mean is pulled', () => {
    const analysis = edited((trial) =>
      isWs(trial) && trial.block < 3
        ? { ...trial, server: { ...trial.server, windowTokens: 600 } }
        : trial,
    );
    expect(comparison(analysis, 'cpu.server.token').warnings.map(({ code }) => code)).toContain(
      'skew',
    );
  });

  test('trials that drift are counted beside each endpoint', () => {
    const analysis = edited((trial) =>
      isWs(trial) && trial.block < 4
        ? { ...trial, steadiness: { driftRatio: 1.5, isDrifting: true } }
        : trial,
    );
    expect(comparison(analysis, 'delivery.p50').warnings).toContainEqual({
      code: 'drift',
      message: 'delivery changed within the window of some trials: sse in 0 of 12, ws in 3 of 12',
    });
  });
});

test('a delivery curve spans the trials and leaves out what most of them cannot support', () => {
  const analysis = analyseRun(fixtureRun());
  const [curve] = analysis.loadPoints[0]!.deliveryCurves;
  const middle = curve!.points.find((point) => point.q === 0.5)!;
  expect(middle.lowNs).toBeLessThan(middle.medianNs);
  expect(middle.highNs).toBeGreaterThan(middle.medianNs);
  // p99.99 needs 36 888 independent samples; the trials have 20 000.
  expect(curve!.points.map((point) => point.q)).not.toContain(0.9999);
  expect(curve!.points.map((point) => point.q)).toContain(1);
});
