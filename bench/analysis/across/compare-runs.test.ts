import { describe, expect, test } from 'vitest';
import type { CompletedTrial, SavedRun } from '../../contract/run-file.ts';
import { NS_PER_US } from '../../contract/units.ts';
import { factorOn } from '../analysis-fixture.ts';
import { steadyMetrics as metrics } from '../metrics/steady.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';
import { fatten, independentRun, missGate, type IndependentOptions } from './across-fixture.ts';
import { compareRuns } from './compare-runs.ts';
import { gatherRuns } from './gather-runs.ts';
import type { ArmChanges, Change, RunComparison } from './run-comparison.ts';

const old = independentRun();

const compare = (first: SavedRun, ...others: SavedRun[]): RunComparison =>
  compareRuns(gatherRuns(first, others, streamReading));

const against = (options: IndependentOptions, first = old): RunComparison =>
  compare(first, independentRun({ occasion: 2, ...options }));

function armOf({ comparisons }: RunComparison, arm = 'ws', run = 0): ArmChanges {
  const found = comparisons[run]?.arms.find((one) => one.arm === arm);
  if (found === undefined) throw new Error(`no arm ${arm}`);
  return found;
}

function changeOf(comparison: RunComparison, metric: string, arm = 'ws'): Change {
  const found = armOf(comparison, arm).changes.find((one) => one.metric === metric);
  if (found === undefined) throw new Error(`no change of ${metric}`);
  return found;
}

const kinds = ({ changes }: ArmChanges): string[] =>
  changes.filter(({ endpoint }) => endpoint !== undefined).map(({ verdict }) => verdict.kind);

const codes = ({ comparisons }: RunComparison): string[] =>
  comparisons.flatMap(({ warnings }) => warnings.map(({ code }) => code));

const wsCpu = (factor: number): IndependentOptions => ({
  factor: factorOn('serverCpu', 'ws', factor),
});

/** Rounds numbers to 9 digits: sums in another order differ in the last ones. */
const rounded = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, member: unknown) =>
      typeof member === 'number' ? Number(member.toPrecision(9)) + 0 : member,
    ),
  );

describe('a change between two runs', () => {
  test('of 20 % in CPU per token is found, with its ratio in the interval, and in no other arm', () => {
    const comparison = against(wsCpu(1.2));
    const { ratio, difference, verdict, p } = changeOf(comparison, 'cpu.server.token');
    expect(verdict).toMatchObject({ kind: 'worse', direction: 'worse' });
    expect(ratio!.value).toBeCloseTo(1.2, 1);
    expect(ratio!.low!).toBeLessThan(1.2);
    expect(ratio!.high!).toBeGreaterThan(1.2);
    expect(difference!.value / NS_PER_US).toBeCloseTo(4, 0);
    expect(p).toBeLessThan(1e-6);
    expect(changeOf(comparison, 'cpu.server.token', 'sse').verdict.kind).toBe('equivalent');
    expect(changeOf(against(wsCpu(0.8)), 'cpu.server.token').verdict).toMatchObject({
      kind: 'better',
      direction: 'better',
    });
  });

  test('is inverted by naming the runs the other way round', () => {
    const recent = independentRun({ occasion: 2, blocks: 9, ...wsCpu(1.2) });
    const [there, back] = [compare(old, recent), compare(recent, old)];
    const inverted = armOf(back).changes.map(({ metric, ratio, difference, p, tostP }) => ({
      metric,
      ratio: ratio && [1 / ratio.value, ratio.high && 1 / ratio.high, ratio.low && 1 / ratio.low],
      difference: difference && [
        -difference.value,
        difference.high && -difference.high,
        difference.low && -difference.low,
      ],
      ps: [p, tostP],
    }));
    const straight = armOf(there).changes.map(({ metric, ratio, difference, p, tostP }) => ({
      metric,
      ratio: ratio && [ratio.value, ratio.low, ratio.high],
      difference: difference && [difference.value, difference.low, difference.high],
      ps: [p, tostP],
    }));
    expect(rounded(straight)).toEqual(rounded(inverted));
    expect(changeOf(back, 'cpu.server.token').verdict.kind).toBe('better');
  });

  test('of a metric of which more is better turns the words, not the ratio', () => {
    const rate = against({
      edit: (trial) => ({
        ...trial,
        client: { ...trial.client, windowTokens: trial.client.windowTokens / 2 + trial.block },
      }),
    });
    expect(changeOf(rate, 'rate').ratio!.value).toBeCloseTo(0.5, 2);
    expect(changeOf(rate, 'rate').verdict).toMatchObject({ kind: 'marked', direction: 'worse' });
  });

  test('is not there between two equal runs: every endpoint is equivalent', () => {
    expect(kinds(armOf(against({})))).toEqual(Array.from({ length: 5 }, () => 'equivalent'));
  });

  test('of 20 % that noise alone could be is not shown, and it says how many trials would be needed', () => {
    const noisy = { noise: 0.4, blocks: 10 };
    const { ratio, verdict } = changeOf(
      against({ ...noisy, ...wsCpu(1.2) }, independentRun(noisy)),
      'cpu.server.token',
    );
    expect(ratio!.low!).toBeLessThan(1);
    expect(verdict).toMatchObject({ kind: 'not-shown', direction: undefined });
    expect(verdict.trialsNeeded).toBeGreaterThan(100);
  });

  test('near the margin is shown, but its size is uncertain', () => {
    const noisy = { noise: 0.03 };
    expect(
      changeOf(against({ ...noisy, ...wsCpu(0.94) }, independentRun(noisy)), 'cpu.server.token')
        .verdict,
    ).toMatchObject({
      kind: 'size-uncertain',
      direction: 'better',
    });
  });

  test('beyond the margin in ratio but not in absolute size is equivalent, and its detection is said', () => {
    // 30 % of 600 µs are 0.18 ms, far below the 1 ms that matter for opening a stream.
    expect(
      changeOf(against({ factor: factorOn('openNs', 'ws', 1.3) }), 'open.p50').verdict,
    ).toMatchObject({
      kind: 'equivalent',
      differenceDetected: true,
      direction: undefined,
    });
  });

  test('of a metric that may be negative is a difference with an interval, not a ratio', () => {
    const { ratio, difference, verdict } = changeOf(
      against({ factor: factorOn('ttftOverheadNs', 'ws', 4) }),
      'ttft.overhead.p50',
    );
    expect(ratio).toBeUndefined();
    expect(difference!.low! / 1e6).toBeLessThan(3);
    expect(difference!.high! / 1e6).toBeGreaterThan(3);
    expect(verdict.kind).toBe('worse');
  });

  test('may be computed from runs of unequal length', () => {
    const {
      old: before,
      new: after,
      verdict,
    } = changeOf(against({ blocks: 30, ...wsCpu(1.2) }), 'cpu.server.token');
    expect([before!.trials, after!.trials, verdict.kind]).toEqual([12, 30, 'worse']);
  });
});

/**
 * The factor by which the correction multiplied the p of CPU over WebSocket, the smallest of its
 * family: the size of the family.
 */
function timesCorrected(comparison: RunComparison): number {
  const { p, adjustedP } = changeOf(comparison, 'cpu.server.token');
  return adjustedP! / p!;
}

describe('the family of tests', () => {
  test('holds every endpoint of every arm, load point and run', () => {
    const wide = { connections: [10, 100] };
    expect(timesCorrected(against(wsCpu(1.2)))).toBeCloseTo(2 * 5, 6);
    expect(
      timesCorrected(
        against(
          {
            ...wide,
            factor: (quantity, transport, connections) =>
              quantity === 'serverCpu' && transport === 'ws' && connections === 10 ? 1.2 : 1,
          },
          independentRun(wide),
        ),
      ),
    ).toBeCloseTo(2 * 2 * 5, 6);
    expect(
      timesCorrected(
        compare(
          old,
          independentRun({ occasion: 2, ...wsCpu(1.2) }),
          independentRun({ occasion: 3 }),
        ),
      ),
    ).toBeCloseTo(2 * 2 * 5, 6);
  });

  test('leaves out the null arm, which has numbers and marks but no verdict', () => {
    const transports = ['sse', 'ws', 'tcp'] as const;
    const comparison = against({ transports, ...wsCpu(1.2) }, independentRun({ transports }));
    expect(armOf(comparison, 'tcp').isContender).toBe(false);
    expect(changeOf(comparison, 'delivery.p50', 'tcp')).toMatchObject({
      endpoint: undefined,
      verdict: { kind: 'not-shown' },
    });
    expect(timesCorrected(comparison)).toBeCloseTo(10, 6);
  });

  test('keeps what was not measured, so that the others do not gain by its loss', () => {
    const without = against({ ...wsCpu(1.2), edit: (trial) => ({ ...trial, distributions: {} }) });
    expect(timesCorrected(without)).toBeCloseTo(10, 6);
  });

  test('does not hold exploratory metrics: those are marked at a false discovery rate', () => {
    const comparison = against(wsCpu(1.5));
    expect(changeOf(comparison, 'elu.server')).toMatchObject({
      endpoint: undefined,
      verdict: { kind: 'marked', direction: 'worse' },
    });
    expect(changeOf(comparison, 'elu.client').verdict.kind).toBe('not-shown');
  });
});

const thicker =
  (bytes: number) =>
  (trial: CompletedTrial): CompletedTrial =>
    fatten(trial, bytes);

describe('counted bytes', () => {
  test('of equal workloads are compared value by value', () => {
    const equal = changeOf(against({}), 'bytes.token');
    expect(equal).toMatchObject({
      p: undefined,
      isExact: true,
      verdict: { kind: 'exact', direction: undefined },
    });
    expect([equal.ratio, equal.difference]).toMatchObject([{ value: 1 }, { value: 0 }]);
    expect(changeOf(against({ edit: thicker(16) }), 'bytes.token')).toMatchObject({
      difference: { value: expect.closeTo(16, 9) as number },
      verdict: { kind: 'exact', direction: 'worse' },
    });
  });

  test('that differ by less than the margin have no direction', () => {
    expect(changeOf(against({ edit: thicker(1) }), 'bytes.token').verdict).toMatchObject({
      kind: 'exact',
      direction: undefined,
    });
  });

  test('that grew in some trials only have no direction', () => {
    const some = against({ edit: (trial) => (trial.block > 6 ? fatten(trial, 16) : trial) });
    expect(changeOf(some, 'bytes.token')).toMatchObject({
      difference: { value: expect.closeTo(8, 9) as number },
      verdict: { kind: 'exact', direction: undefined },
    });
  });

  test('of longer runs are compared over the workloads that both drew', () => {
    const longer = against({
      blocks: 20,
      edit: (trial) => (trial.block > 12 ? fatten(trial, 100) : trial),
    });
    expect(changeOf(longer, 'bytes.token')).toMatchObject({
      old: { trials: 12 },
      new: { trials: 12 },
      difference: { value: 0 },
    });
  });

  test('of other seeds are a sample, for other tokens were drawn', () => {
    const other = against({ seed: 2, edit: (trial) => fatten(trial, trial.block / 100) });
    expect(changeOf(other, 'bytes.token').difference).toMatchObject({
      low: expect.any(Number) as number,
    });
    expect(codes(other)).toContain('seed');
  });
});

const ofWs =
  (edit: (trial: CompletedTrial) => CompletedTrial) =>
  (trial: CompletedTrial): CompletedTrial =>
    trial.arm.transport === 'ws' ? edit(trial) : trial;

describe('no verdict', () => {
  test.each([
    ['old', (broken: SavedRun) => compare(broken, independentRun({ occasion: 2 }))],
    ['new', (broken: SavedRun) => compare(old, broken)],
  ])('is given where the %s run is invalid or the harness was at its limit', (side, compareIt) => {
    const invalid = compareIt(
      independentRun({
        edit: ofWs((trial) => (trial.block === 5 ? missGate(trial, 'C1') : trial)),
      }),
    );
    expect(armOf(invalid).invalid).toEqual([
      `${side} run: C1 tokens lost, duplicated, reordered or corrupt, missed in 1 of 12 trials, worst 1, limit 0`,
    ]);
    expect(
      new Set([...kinds(armOf(invalid)), changeOf(invalid, 'bytes.token').verdict.kind]),
    ).toEqual(new Set(['invalid']));
    expect(new Set(kinds(armOf(invalid, 'sse')))).toEqual(new Set(['equivalent']));
    const limited = compareIt(independentRun({ edit: ofWs((trial) => missGate(trial, 'H2')) }));
    expect(new Set(kinds(armOf(limited)))).toEqual(new Set(['harness-limited']));
    // Bytes on the socket do not depend on how busy the client was; segments do.
    expect(changeOf(limited, 'bytes.token').verdict.kind).toBe('exact');
    expect(changeOf(limited, 'bytes.token.wire').verdict.kind).toBe('harness-limited');
  });

  test('is given on what some trials do not support', () => {
    const partly = against({
      edit: (trial) => (trial.block === 3 ? { ...trial, distributions: {} } : trial),
    });
    expect(changeOf(partly, 'delivery.p99').verdict).toMatchObject({
      kind: 'not-measured',
      reason: 'supported in 11 of 12 trials of the new run only',
    });
    expect(changeOf(partly, 'delivery.p99').adjustedP).toBeUndefined();
  });

  test('is given where a run completed no trial', () => {
    const failed = independentRun({ occasion: 2, edit: () => undefined });
    expect(changeOf(compare(old, failed), 'open.p50').verdict).toMatchObject({
      kind: 'not-measured',
      reason: 'no trial of the new run completed',
    });
    expect(changeOf(compare(failed, old), 'open.p50').verdict).toMatchObject({
      kind: 'not-measured',
      reason: 'no trial of the old run completed',
    });
  });

  test('is given with fewer trials than a permutation of them would need, but bytes are compared', () => {
    const short = against({ blocks: 5, ...wsCpu(2) }, independentRun({ blocks: 5 }));
    // 2/(10 over 5) is above 0.05/10, 2/(12 over 6) is not.
    expect(changeOf(short, 'cpu.server.token').verdict).toMatchObject({
      kind: 'withheld',
      reason: expect.stringMatching(/^5 and 5 trials; fewer than 6 of each/) as string,
    });
    expect(
      changeOf(
        against({ blocks: 6, ...wsCpu(2) }, independentRun({ blocks: 6 })),
        'cpu.server.token',
      ).verdict.kind,
    ).toBe('worse');
    const smoke = against({ verdicts: false, ...wsCpu(2) });
    expect(changeOf(smoke, 'cpu.server.token').verdict).toMatchObject({
      kind: 'withheld',
      reason: 'a plan this short supports no verdict',
    });
    expect(changeOf(smoke, 'bytes.token').verdict.kind).toBe('exact');
  });
});

describe('doubts', () => {
  test('a run compared with itself shows nothing, and it is said', () => {
    const comparison = compare(old, { ...old });
    expect(comparison.comparisons[0]!.warnings[0]).toMatchObject({ code: 'same-run' });
    const words = armOf(comparison).changes.map(({ verdict }) => verdict.kind);
    expect(new Set(words)).toEqual(new Set(['equivalent', 'not-shown', 'exact']));
    expect(armOf(comparison).changes.every(({ p }) => p === undefined || p === 1)).toBe(true);
  });

  test('arms and load points that only one run has are named and left out', () => {
    const comparison = against(
      { transports: ['ws', 'tcp'], connections: [100, 1000] },
      independentRun({ transports: ['sse', 'ws'], connections: [10, 100] }),
    );
    expect(
      comparison.comparisons[0]!.arms.map(
        ({ arm, loadPoint }) => `${arm} ${loadPoint.connections}`,
      ),
    ).toEqual(['ws 100']);
    expect(comparison.comparisons[0]!.warnings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'only the old run has sse: left out',
        'only the new run has tcp: left out',
        'only the old run has 10 connections: left out',
        'only the new run has 1000 connections: left out',
      ]),
    );
  });

  test('other conditions are warned of with both values', () => {
    const comparison = against({
      blocks: 20,
      seed: 9,
      header: (header) => ({
        ...header,
        plan: {
          ...header.plan,
          windowNs: 2e9,
          pin: true,
          preset: 'quick',
          backpressureBytes: 65_536,
        },
      }),
    });
    expect(comparison.comparisons[0]!.warnings.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'measured window differs: 10 s in the old run, 2 s in the new one',
        'binding to CPUs differs: off in the old run, on in the new one',
        'preset differs: standard in the old run, quick in the new one',
        'backpressure limit differs: 1 MiB in the old run, 64 KiB in the new one',
        'blocks differs: 12 in the old run, 20 in the new one',
        'the seeds differ (1, 9): both runs drew other streams of the same workload, so counted bytes differ a little too',
      ]),
    );
  });

  test('an injected effect in one of them is named', () => {
    const comparison = against({
      header: ({ plan, ...header }) => ({
        ...header,
        plan: {
          ...plan,
          arms: plan.arms.map((arm) => ({
            ...arm,
            injection: { kind: 'delay', delayNs: 1e6 } as const,
          })),
        },
      }),
    });
    expect(comparison.comparisons[0]!.warnings[0]).toEqual({
      code: 'arm',
      message:
        'sse is not the same arm in both runs: injection.kind none and delay, injection.delayNs none and 1 ms',
    });
  });

  test('controls that moved say that the machine did', () => {
    const transports = ['sse', 'ws', 'tcp'] as const;
    const slower = against(
      {
        transports,
        factor: (quantity, transport) =>
          quantity === 'connectNs' || (quantity === 'deliveryScheduledNs' && transport === 'tcp')
            ? 1.5
            : 1,
      },
      independentRun({ transports }),
    );
    const messages = slower.comparisons[0]!.warnings.filter(({ code }) => code === 'control').map(
      ({ message }) => message,
    );
    expect(messages).toHaveLength(3);
    expect(messages[0]).toMatch(
      /^TCP connect of sse at 100 connections, which no transport can move, moved by a factor of 1\.5/,
    );
    expect(messages[2]).toMatch(/^delivery p50 of TCP \(null arm\) at 100 connections/);
    expect(codes(against({ transports }, independentRun({ transports })))).not.toContain('control');
  });

  test('of each run are passed on with its side, once', () => {
    const short = independentRun({
      occasion: 2,
      edit: (trial) => (trial.block > 10 ? undefined : trial),
    });
    expect(compare(old, short).comparisons[0]!.warnings).toContainEqual({
      code: 'incomplete',
      message: expect.stringMatching(/^new run: the run ended early/) as string,
    });
    expect(codes(compare(old, short))).not.toContain('no-floor');
  });
});

test('what machine and software differ in is listed with both values', () => {
  const comparison = against({
    header: (header) => ({
      ...header,
      streamduel: '0.2.0',
      environment: {
        ...header.environment,
        node: 'v26.0.0',
        memoryBytes: 2 ** 34,
        packages: { ws: '9.0.0' },
        gitCommit: 'abc',
      },
    }),
  });
  expect(comparison.comparisons[0]!.differences).toEqual([
    { field: 'streamduel', title: 'streamduel', old: '0.1.0', new: '0.2.0' },
    { field: 'node', title: 'Node.js', old: 'v24.0.0', new: 'v26.0.0' },
    { field: 'memoryBytes', title: 'memory', old: 2 ** 32, new: 2 ** 34 },
    { field: 'packages.ws', title: 'ws', old: undefined, new: '9.0.0' },
    { field: 'gitCommit', title: 'git commit', old: undefined, new: 'abc' },
  ]);
});

test('every metric of the registry is compared, for every arm', () => {
  for (const { changes } of against({}).comparisons[0]!.arms)
    expect(changes.map(({ metric }) => metric)).toEqual(metrics.map(({ id }) => id));
});

test('the same runs give the same comparison, and it survives a trip through JSON', () => {
  expect(against(wsCpu(1.2))).toEqual(against(wsCpu(1.2)));
  const comparison = against(wsCpu(1.2));
  expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
});
