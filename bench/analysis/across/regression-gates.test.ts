import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SavedRun } from '../../contract/run-file.ts';
import { factorOn, fixtureRun, type FixtureOptions } from '../analysis-fixture.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';
import { findMetric } from '../scenario-reading.ts';
import { fatten, independentRun, missGate, type IndependentOptions } from './across-fixture.ts';
import { gatherRuns } from './gather-runs.ts';
import { subjectsOfArms, subjectsOfRuns } from './gate-subjects.ts';
import {
  judgeRegressions,
  type GateResult,
  type GateSubject,
  type RegressionGate,
} from './regression-gates.ts';
import { analyseRun } from '../../scenarios/readings.ts';

const share = (percent: number, metric?: string): RegressionGate => ({
  metric: metric === undefined ? undefined : findMetric(streamReading, metric)!,
  margin: { kind: 'share', share: percent / 100 },
});
const amountOf = (amount: number, metric: string): RegressionGate => ({
  metric: findMetric(streamReading, metric)!,
  margin: { kind: 'amount', amount },
});

const old = independentRun();
const slower = (factor: number, options: IndependentOptions = {}): SavedRun =>
  independentRun({ occasion: 2, factor: factorOn('serverCpu', 'ws', factor), ...options });

const judge = (
  gates: readonly RegressionGate[],
  recent: SavedRun,
  first = old,
): readonly GateResult[] =>
  judgeRegressions(gates, subjectsOfRuns(gatherRuns(first, [recent], streamReading)));

function resultOf(results: readonly GateResult[], metric: string, subject = 'ws'): GateResult {
  const found = results.find((result) => result.metric === metric && result.subject === subject);
  if (found === undefined) throw new Error(`no gate on ${metric} of ${subject}`);
  return found;
}

describe('a gate', () => {
  test('fails on a worsening that is shown to be beyond its margin, and on no other', () => {
    const results = judge([share(5)], slower(1.2));
    expect(
      results
        .filter(({ state }) => state === 'failed')
        .map(({ metric, subject }) => `${metric} ${subject}`),
    ).toEqual(['cpu.server.token ws']);
    const failed = resultOf(results, 'cpu.server.token');
    expect(failed.seen).toBeCloseTo(0.2, 1);
    expect(failed.worseP).toBeLessThan(0.001);
  });

  test('does not fail on a worsening that is merely seen', () => {
    const noisy = { noise: 0.4 };
    const recent = independentRun({
      ...noisy,
      occasion: 7,
      factor: factorOn('serverCpu', 'ws', 1.2),
    });
    const result = resultOf(
      judge([share(5, 'cpu.server.token')], recent, independentRun(noisy)),
      'cpu.server.token',
    );
    expect(result.seen).toBeGreaterThan(0.15);
    expect(result).toMatchObject({ state: 'not-shown', reason: undefined });
  });

  test('is passed only where it is shown that there is no such worsening', () => {
    expect(
      resultOf(judge([share(20, 'cpu.server.token')], slower(1.0)), 'cpu.server.token'),
    ).toMatchObject({ state: 'passed' });
    // 5 % worse against a margin of 5 %: neither can be shown.
    expect(
      resultOf(judge([share(5, 'cpu.server.token')], slower(1.05)), 'cpu.server.token'),
    ).toMatchObject({ state: 'not-shown' });
  });

  test('holds an improvement for no worsening', () => {
    expect(
      resultOf(judge([share(0, 'cpu.server.token')], slower(0.8)), 'cpu.server.token').state,
    ).toBe('passed');
  });

  test('may be an amount in the unit of the metric', () => {
    const worse = slower(1.2);
    // 20 µs a token become 24.
    expect(
      resultOf(judge([amountOf(1e3, 'cpu.server.token')], worse), 'cpu.server.token'),
    ).toMatchObject({ state: 'failed' });
    expect(
      resultOf(judge([amountOf(10e3, 'cpu.server.token')], worse), 'cpu.server.token'),
    ).toMatchObject({ state: 'passed' });
    expect(
      resultOf(judge([amountOf(1e3, 'cpu.server.token')], worse), 'cpu.server.token').seen! / 1e3,
    ).toBeCloseTo(4, 0);
  });

  test('of a metric of which more is better fails on less of it', () => {
    const halved = independentRun({
      occasion: 2,
      edit: (trial) => ({
        ...trial,
        client: { ...trial.client, windowTokens: trial.client.windowTokens / 2 + trial.block },
      }),
    });
    expect(resultOf(judge([share(5, 'rate')], halved), 'rate')).toMatchObject({
      state: 'failed',
      seen: expect.closeTo(1, 2) as number,
    });
    expect(resultOf(judge([share(5, 'rate')], old, halved), 'rate').state).toBe('passed');
    expect(resultOf(judge([amountOf(100, 'rate')], halved), 'rate').state).toBe('failed');
    expect(resultOf(judge([amountOf(5000, 'rate')], halved), 'rate').state).toBe('passed');
  });

  test('by share of a metric that is compared by difference takes the share of the old mean', () => {
    const late = independentRun({ occasion: 2, factor: factorOn('ttftOverheadNs', 'ws', 1.2) });
    expect(resultOf(judge([share(5)], late), 'ttft.overhead.p50').state).toBe('failed');
    expect(resultOf(judge([share(40)], late), 'ttft.overhead.p50').state).toBe('passed');
  });

  test('by share of a value that is not positive cannot be shown', () => {
    const zero = independentRun({
      edit: (trial) => ({ ...trial, memory: { ...trial.memory, after: trial.memory.before! } }),
    });
    expect(resultOf(judge([share(5, 'memory.uss')], old, zero), 'memory.uss')).toMatchObject({
      state: 'not-shown',
      reason: 'a share of a value that is not positive says nothing',
    });
  });

  test('without a metric stands on all endpoints and counted metrics, of every arm but the null arm', () => {
    const transports = ['sse', 'ws', 'tcp'] as const;
    const results = judge(
      [share(5)],
      independentRun({ transports, occasion: 2 }),
      independentRun({ transports }),
    );
    const metrics = [
      'open.p50',
      'ttft.overhead.p50',
      'delivery.p50',
      'delivery.p99',
      'cpu.server.token',
      'bytes.token',
      'bytes.stream',
      'bytes.token.tcp',
      'bytes.token.wire',
    ];
    expect(results.map(({ metric, subject }) => `${subject} ${metric}`)).toEqual(
      ['sse', 'ws'].flatMap((arm) => metrics.map((metric) => `${arm} ${metric}`)),
    );
  });

  test('of one metric takes the place of the one for all', () => {
    const results = judge([share(5), share(50, 'cpu.server.token')], slower(1.2));
    expect(resultOf(results, 'cpu.server.token')).toMatchObject({
      margin: { share: 0.5 },
      state: 'passed',
    });
    expect(resultOf(results, 'open.p50')).toMatchObject({ margin: { share: 0.05 } });
  });
});

const thicker = (bytes: number): SavedRun =>
  independentRun({ occasion: 2, edit: (trial) => fatten(trial, bytes) });

function outcome(gate: RegressionGate, recent: SavedRun): unknown {
  const { state, worseP } = resultOf(judge([gate], recent), 'bytes.token');
  return [state, worseP];
}

const drawn = (occasion: number): SavedRun =>
  independentRun({
    seed: occasion,
    occasion,
    edit: (trial) => fatten(trial, ((trial.block * 7 + occasion) % 5) / 10),
  });

describe('counted bytes', () => {
  // A token of the fixture has 26 bytes over WebSocket.
  test('fail beyond the margin by as little as they are beyond it, without a test', () => {
    expect(outcome(share(50, 'bytes.token'), thicker(13))).toEqual(['passed', undefined]);
    expect(outcome(share(50, 'bytes.token'), thicker(13.001))).toEqual(['failed', undefined]);
    expect(outcome(amountOf(0.5, 'bytes.token'), thicker(0.5))).toEqual(['passed', undefined]);
    expect(outcome(amountOf(0.5, 'bytes.token'), thicker(0.501))).toEqual(['failed', undefined]);
    expect(outcome(share(0, 'bytes.token'), thicker(0))).toEqual(['passed', undefined]);
    expect(outcome(share(0, 'bytes.token'), thicker(0.001))).toEqual(['failed', undefined]);
  });

  test('are believed of a run of two trials, and of a client that was too busy', () => {
    const short = { blocks: 2 };
    const busy = independentRun({
      ...short,
      occasion: 2,
      edit: (trial) => fatten(missGate(trial, 'H2'), 16),
    });
    expect(
      resultOf(judge([share(5, 'bytes.token')], busy, independentRun(short)), 'bytes.token'),
    ).toMatchObject({
      state: 'failed',
      reason: undefined,
    });
  });

  test('of other workloads are a sample: a difference of the draw alone fails nothing', () => {
    const { state, worseP, seen } = resultOf(
      judge([share(0, 'bytes.token')], drawn(2), drawn(1)),
      'bytes.token',
    );
    expect(seen).not.toBe(0);
    expect([state, typeof worseP]).toEqual(['not-shown', 'number']);
  });
});

function ofWs(edit: NonNullable<FixtureOptions['edit']>): NonNullable<FixtureOptions['edit']> {
  return (trial) => (trial.arm.transport === 'ws' ? edit(trial) : trial);
}

describe('what cannot be judged', () => {
  test.each([
    ['C1', 'invalid'],
    ['H2', 'harness-limited'],
  ])('fails when gate %s failed in either run: it cannot be trusted', (gate, word) => {
    const broken = (occasion: number): SavedRun =>
      independentRun({ occasion, edit: ofWs((trial) => missGate(trial, gate)) });
    for (const results of [judge([share(50)], broken(2)), judge([share(50)], old, broken(2))]) {
      expect(resultOf(results, 'delivery.p50')).toMatchObject({
        state: 'failed',
        reason: `cannot be trusted: ${word}`,
      });
      expect(resultOf(results, 'delivery.p50', 'sse').state).toBe('passed');
    }
  });

  test('fails when only the new run lost it, and is not shown when the old one had none', () => {
    const lost = independentRun({
      occasion: 2,
      edit: ofWs((trial) => (trial.block === 3 ? { ...trial, distributions: {} } : trial)),
    });
    expect(resultOf(judge([share(5)], lost), 'delivery.p99')).toMatchObject({
      state: 'failed',
      reason: 'cannot be trusted: supported in 11 of 12 trials of the new run only',
    });
    expect(resultOf(judge([share(5)], old, lost), 'delivery.p99').state).toBe('not-shown');
    const none = independentRun({ occasion: 2, edit: ofWs(() => undefined) });
    expect(resultOf(judge([share(5)], none), 'bytes.token')).toMatchObject({
      state: 'failed',
      reason: 'cannot be trusted: no trial of the new run completed',
    });
  });

  test('stays in the correction, so that the other gates do not gain by its loss', () => {
    const gates = [share(5, 'cpu.server.token'), share(5, 'delivery.p99')];
    const lost = slower(1.2, { edit: (trial) => ({ ...trial, distributions: {} }) });
    const [all, less] = [judge(gates, slower(1.2)), judge(gates, lost)].map(
      (results) => resultOf(results, 'cpu.server.token').worseP,
    );
    expect(less).toBe(all);
  });

  test('with too few trials says so, however large the worsening', () => {
    const few = { blocks: 3 };
    const result = resultOf(
      judge([share(5)], slower(3, few), independentRun(few)),
      'cpu.server.token',
    );
    expect(result).toMatchObject({
      state: 'not-shown',
      reason: 'cannot be shown with 3 and 3 trials',
    });
    expect(result.seen).toBeCloseTo(2, 0);
    // 1/(6 over 3) is 0.05: enough for a single claim.
    expect(
      judge(
        [share(5, 'cpu.server.token')],
        slower(3, { ...few, transports: ['ws'] }),
        independentRun({ ...few, transports: ['ws'] }),
      ),
    ).toMatchObject([{ state: 'failed' }]);
  });
});

const judgeArms = (
  gates: readonly RegressionGate[],
  options: FixtureOptions,
): readonly GateResult[] =>
  judgeRegressions(gates, subjectsOfArms(analyseRun(fixtureRun(options)), streamReading, 'one'));

describe('within one run', () => {
  test('each contender is held against the baseline, block by block', () => {
    const results = judgeArms([share(5)], {
      transports: ['sse', 'ws', 'tcp'],
      factor: factorOn('serverCpu', 'ws', 1.2),
    });
    expect(new Set(results.map(({ subject }) => subject))).toEqual(new Set(['ws against sse']));
    // Blocks share far more noise than 20 %: only pairs can show it.
    expect(resultOf(results, 'cpu.server.token', 'ws against sse')).toMatchObject({
      state: 'failed',
    });
    expect(resultOf(results, 'bytes.token', 'ws against sse')).toMatchObject({
      state: 'passed',
      worseP: undefined,
    });
  });

  test('an arm whose gate failed, or that lost the number, cannot be trusted', () => {
    const limited = judgeArms([share(5)], {
      edit: (trial) => (trial.arm.transport === 'ws' ? missGate(trial, 'H2') : trial),
    });
    expect(resultOf(limited, 'delivery.p50', 'ws against sse')).toMatchObject({
      state: 'failed',
      reason: 'cannot be trusted: harness-limited',
    });
    const counted = judgeArms([share(5, 'bytes.token')], {
      edit: (trial) => (trial.arm.transport === 'ws' ? missGate(trial, 'H2') : trial),
    });
    expect(resultOf(counted, 'bytes.token', 'ws against sse').state).toBe('passed');
    const lost = judgeArms([share(5)], {
      edit: (trial) => (trial.arm.transport === 'ws' ? { ...trial, distributions: {} } : trial),
    });
    expect(resultOf(lost, 'delivery.p50', 'ws against sse')).toMatchObject({ state: 'failed' });
  });

  test('few blocks cannot show anything', () => {
    expect(
      resultOf(
        judgeArms([share(5)], { blocks: 4, factor: factorOn('serverCpu', 'ws', 3) }),
        'cpu.server.token',
        'ws against sse',
      ),
    ).toMatchObject({
      state: 'not-shown',
      reason: 'cannot be shown with 4 blocks',
    });
  });
});

test('for any values, a gate never both fails and passes, and a wider margin never fails where a narrower one does not', () => {
  const values = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), {
    minLength: 6,
    maxLength: 14,
  });
  const metric = findMetric(streamReading, 'delivery.p50')!;
  const stateOf = (
    sides: GateSubject['values'],
    percent: number,
  ): GateResult['state'] | undefined =>
    judgeRegressions(
      [share(percent)],
      [
        {
          metric,
          subject: 'ws',
          run: 'new',
          loadPoint: { connections: 1 },
          values: sides,
          isPaired: false,
          isCounted: false,
          distrust: undefined,
          missing: undefined,
        },
      ],
    )[0]?.state;
  const rank = { failed: 0, 'not-shown': 1, passed: 2 };
  fc.assert(
    fc.property(
      values,
      values,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      (before, after, first, second) => {
        const [narrow, wide] = [Math.min(first, second), Math.max(first, second)];
        const sides = { old: before, new: after };
        expect(rank[stateOf(sides, wide)!]).toBeGreaterThanOrEqual(rank[stateOf(sides, narrow)!]);
        // A gate that failed cannot fail again with the sides swapped.
        expect([stateOf(sides, narrow), stateOf({ old: after, new: before }, narrow)]).not.toEqual([
          'failed',
          'failed',
        ]);
      },
    ),
  );
});
