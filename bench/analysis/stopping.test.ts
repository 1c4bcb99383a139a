import { describe, expect, test } from 'vitest';
import { isCopy } from '../contract/arms/arms.ts';
import type { CompletedTrial, Plan, SavedRun } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { factorOn, fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import { hasReachedPrecision, stopState } from './stopping.ts';
import { analyseRun } from '../scenarios/readings.ts';
import { streamReading } from '../scenarios/stream/reading.ts';

type Stop = NonNullable<Plan['stop']>;

const rule: Stop = { ratio: 0.05, metrics: ['cpu.server.token'], maxTimeNs: 3600 * NS_PER_S };

/** Blocks beyond `measured` are planned but not run. */
function run(
  stop: Stop,
  { measured = 12, ...options }: FixtureOptions & { readonly measured?: number } = {},
) {
  return fixtureRun({
    blocks: 60,
    burnInBlocks: 1,
    plan: { stop },
    edit: (trial) => (trial.block > measured ? undefined : trial),
    ...options,
  });
}

/** Twelve blocks, in every second of which these trials took 1.5 times the user CPU time. */
function wildly(isNoisy: (trial: CompletedTrial) => boolean): NonNullable<FixtureOptions['edit']> {
  return (trial) => {
    if (trial.block > 12) return undefined;
    const { use } = trial.server;
    const factor = isNoisy(trial) && trial.block % 2 === 0 ? 1.5 : 1;
    return {
      ...trial,
      server: { ...trial.server, use: { ...use, cpuUserNs: use.cpuUserNs * factor } },
    };
  };
}

const withoutLatencies: FixtureOptions['edit'] = (trial) =>
  trial.block > 12 ? undefined : { ...trial, distributions: {} };

describe('a run with a precision stop', () => {
  test('goes on until ten blocks are measured, however narrow its intervals', () => {
    expect(stopState(run(rule, { measured: 9 }), streamReading)).toMatchObject({
      isReached: false,
      reason: undefined,
      blocks: 9,
    });
    expect(stopState(run(rule, { measured: 10 }), streamReading)).toMatchObject({
      isReached: true,
      reason: 'precision',
      blocks: 10,
    });
  });

  test('goes on while an interval is wider than its target', () => {
    expect(hasReachedPrecision(run(rule, { noise: 0.1 }), streamReading)).toBe(false);
    expect(hasReachedPrecision(run({ ...rule, ratio: 0.15 }, { noise: 0.1 }), streamReading)).toBe(
      true,
    );
  });

  test('does not look at where the interval lies', () => {
    const widths = [0.5, 1, 2].map(
      (factor) =>
        stopState(run(rule, { factor: factorOn('serverCpu', 'ws', factor) }), streamReading)!
          .widest!.halfWidth,
    );
    expect(widths[1]).toBeCloseTo(widths[0]!, 12);
    expect(widths[2]).toBeCloseTo(widths[0]!, 12);
  });

  test('watches all endpoints when it names none, and says which is the widest', () => {
    const noisy = wildly(({ arm }) => arm.transport === 'ws');
    const state = stopState(run({ ...rule, metrics: [] }, { edit: noisy }), streamReading);
    expect(state).toMatchObject({
      isReached: false,
      widest: {
        metric: 'cpu.server.token',
        arm: 'ws',
        connections: 100,
        scale: 'ratio',
        limit: 0.05,
      },
    });
    expect(state!.widest!.halfWidth).toBeGreaterThan(0.05);
    expect(
      hasReachedPrecision(
        run({ ...rule, metrics: ['delivery.p50'] }, { edit: noisy }),
        streamReading,
      ),
    ).toBe(true);
  });

  test('watches every contender at every load point, but neither the null arm nor the copy', () => {
    const transports = ['sse', 'ws', 'tcp'] as const;
    const noisy = (isNoisy: (trial: CompletedTrial) => boolean) =>
      run(rule, { transports, copy: true, connections: [10, 100], edit: wildly(isNoisy) });
    expect(
      hasReachedPrecision(
        noisy(({ arm }) => arm.transport === 'tcp' || isCopy(arm)),
        streamReading,
      ),
    ).toBe(true);
    expect(
      stopState(
        noisy(({ arm, loadPoint }) => arm.transport === 'ws' && loadPoint.connections === 100),
        streamReading,
      ),
    ).toMatchObject({
      isReached: false,
      widest: { arm: 'ws', connections: 100 },
    });
  });

  test('holds a difference to its margin', () => {
    const stop = { ...rule, ratio: 0.0001, metrics: ['ttft.overhead.p50'] };
    expect(stopState(run(stop), streamReading)).toMatchObject({
      isReached: true,
      widest: { scale: 'difference', limit: NS_PER_MS },
    });
  });

  test('holds a difference without a margin to its share of the baseline', () => {
    const state = stopState(run({ ...rule, metrics: ['memory.uss'] }), streamReading)!;
    expect(state.widest!.scale).toBe('difference');
    expect(state.widest!.limit).toBeCloseTo(0.05 * ((1024 * 1024) / 100), 9);
  });

  test('never is precise in a metric without values', () => {
    expect(
      stopState(
        run({ ...rule, metrics: ['delivery.p50', 'cpu.server.token'] }, { edit: withoutLatencies }),
        streamReading,
      ),
    ).toMatchObject({
      isReached: false,
      widest: { metric: 'delivery.p50', halfWidth: undefined },
    });
  });

  test('ends when its time is up, burn-in counted, even before ten blocks', () => {
    // A trial of the fixture takes 16 s; 2 arms, 1 + 3 blocks.
    expect(
      stopState(run({ ...rule, maxTimeNs: 128 * NS_PER_S }, { measured: 3 }), streamReading),
    ).toMatchObject({
      isReached: true,
      reason: 'time',
    });
    expect(
      stopState(run({ ...rule, maxTimeNs: 129 * NS_PER_S }, { measured: 3 }), streamReading),
    ).toMatchObject({ isReached: false });
  });

  test('watches the copy when there is nothing else to compare', () => {
    expect(stopState(run(rule, { transports: ['sse'], copy: true }), streamReading)).toMatchObject({
      isReached: true,
      widest: { arm: 'sse+copy' },
    });
  });
});

test('a pilot measures all of its blocks: its rule is for the run after it', () => {
  const pilot = fixtureRun({ blocks: 12, plan: { stop: rule, isPilot: true } });
  expect(stopState(pilot, streamReading)).toBeUndefined();
  expect(analyseRun(pilot)).toMatchObject({ isComplete: true, stop: undefined });
});

test('a run with a fixed number of blocks has no rule to stop by', () => {
  expect(stopState(fixtureRun(), streamReading)).toBeUndefined();
  expect(hasReachedPrecision(fixtureRun(), streamReading)).toBe(false);
});

const stopWarnings = (saved: SavedRun): string[] =>
  analyseRun(saved).warnings.flatMap(({ code, message }) =>
    code.startsWith('stopped') ? [message] : [],
  );

describe('the analysis', () => {
  test('has nothing to warn of where the rule was reached', () => {
    expect(stopWarnings(run(rule))).toEqual([]);
  });

  test('warns that time ended the run, and that it had too few blocks', () => {
    const timed = { ...rule, maxTimeNs: 100 * NS_PER_S };
    expect(stopWarnings(run(timed, { measured: 12, noise: 0.2 }))).toEqual([
      'the time was up after 12 blocks, before every interval was within 5 %',
    ]);
    expect(stopWarnings(run(timed, { measured: 4 }))).toEqual([
      'the time was up after 4 blocks, before every interval was within 5 %; fewer than 10 blocks are never precise enough',
    ]);
  });

  test('warns that the plan allowed no more blocks', () => {
    expect(stopWarnings(run(rule, { blocks: 12, noise: 0.2 }))).toEqual([
      'all 12 blocks that the plan allows were measured before every interval was within 5 %',
    ]);
  });
});
