// Verdicts, noise floors, thresholds and comparisons of runs, over load points that differ only by
// fault or policy.

import { describe, expect, test } from 'vitest';
import type { FaultedTrial, Gate, SavedRun } from '../../contract/run-file.ts';
import { analyse } from '../../analysis/analyse.ts';
import { gatherRuns } from '../../analysis/across/gather-runs.ts';
import { compareRuns } from '../../analysis/across/compare-runs.ts';
import { subjectsOfRuns } from '../../analysis/across/gate-subjects.ts';
import { judgeRegressions } from '../../analysis/across/regression-gates.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { selectMeasured } from '../../analysis/measured-trials.ts';
import { judgeThresholds } from '../../analysis/thresholds.ts';
import { recoveryRun, type RecoveryRunOptions } from './recovery-fixture.ts';
import { recoveryReading } from './reading.ts';

/** WebSocket takes half as long to resume after a kill, and as long as SSE after anything else. */
const fasterAfterKill: NonNullable<RecoveryRunOptions['factor']> = (
  name,
  { transport },
  { fault },
) => (name === 'faultToResumedNs' && transport === 'ws' && fault === 'kill' ? 0.5 : 1);

const both = {
  faults: ['reset', 'kill'],
  factor: fasterAfterKill,
} as const satisfies RecoveryRunOptions;

function resumedOf({ loadPoints }: Analysis, index: number) {
  const comparison = loadPoints[index]?.comparisons.find(({ metric }) => metric === 'resumed.p95');
  if (comparison === undefined)
    throw new Error(`load point ${index} has no comparison of resumed.p95`);
  return comparison;
}

const withC8 =
  (planSha256: (trial: FaultedTrial) => string) =>
  (trial: FaultedTrial): FaultedTrial => ({
    ...trial,
    recovery: {
      ...trial.recovery,
      client: { ...trial.recovery.client, planSha256: planSha256(trial) },
    },
  });

function missing(trial: FaultedTrial): FaultedTrial {
  const gates = trial.gates.map((gate): Gate =>
    gate.id === 'C1' ? { ...gate, ok: false, value: 3 } : gate,
  );
  return trial.loadPoint.fault === 'kill' && trial.arm.transport === 'ws'
    ? { ...trial, gates }
    : trial;
}

const lossy = (trial: FaultedTrial): FaultedTrial =>
  trial.arm.transport === 'sse'
    ? { ...trial, recovery: { ...trial.recovery, client: { ...trial.recovery.client, lost: 40 } } }
    : trial;

describe('load points that differ only by their fault', () => {
  test('keep their trials apart', () => {
    const arms = selectMeasured(recoveryRun({ ...both, blocks: 3 })).map((point) =>
      point.arms.map(({ completed }) => completed),
    );
    expect(arms.map((point) => point.map((trials) => trials.length))).toEqual([
      [3, 3],
      [3, 3],
    ]);
    expect(new Set(arms[1]!.flat().map(({ loadPoint }) => loadPoint.fault))).toEqual(
      new Set(['kill']),
    );
  });

  test('get a verdict each: an effect that only one of them has is found there and not in the other', () => {
    const analysis = analyse(recoveryRun(both), recoveryReading);
    expect(resumedOf(analysis, 0)).toMatchObject({
      endpoint: 'P8',
      verdict: { kind: 'equivalent' },
    });
    expect(resumedOf(analysis, 1)).toMatchObject({
      endpoint: 'P8',
      verdict: { kind: 'better', favours: 'ws' },
    });
  });

  test('are one family: p-values are corrected for the number of faults', () => {
    const alone = resumedOf(
      analyse(recoveryRun({ ...both, faults: ['kill'] }), recoveryReading),
      0,
    );
    const among = resumedOf(
      analyse(
        recoveryRun({ ...both, faults: ['kill', 'reset', 'drain', 'freeze'] }),
        recoveryReading,
      ),
      0,
    );
    expect(alone.adjustedP).toBe(alone.signFlipP);
    expect(among.adjustedP).toBe(4 * among.signFlipP!);
  });

  test('have gates of their own', () => {
    const { loadPoints } = analyse(recoveryRun({ ...both, edit: missing }), recoveryReading);
    expect(loadPoints.map(({ invalid }) => invalid.length)).toEqual([0, 1]);
  });

  test('only compare recovery, and only streams that were planned alike', () => {
    const [point] = analyse(
      recoveryRun({ ...both, edit: withC8(({ arm }) => arm.transport) }),
      recoveryReading,
    ).loadPoints;
    expect(point!.comparisons.map(({ metric }) => metric)).not.toContain('delivery.p50');
    expect(point!.gates.find(({ id }) => id === 'C8block')).toMatchObject({
      state: 'failed',
      missed: 12,
    });
    expect(point!.gates.map(({ id }) => id)).not.toContain('H9');
  });
});

describe('clients that follow the specifications', () => {
  test('are compared without a verdict and outside the family', () => {
    const analysis = analyse(
      recoveryRun({
        scenario: 'herd',
        policies: ['identical', 'as-specified'],
        factor: fasterAfterKill,
      }),
      recoveryReading,
    );
    expect(resumedOf(analysis, 0)).toMatchObject({ endpoint: 'P8', verdict: { kind: 'better' } });
    expect(resumedOf(analysis, 0).adjustedP).toBe(resumedOf(analysis, 0).signFlipP);
    expect(resumedOf(analysis, 1)).toMatchObject({
      endpoint: undefined,
      verdict: { kind: 'withheld', reason: 'exploratory' },
    });
  });

  test('have no noise floor, and no interval to be waited for', () => {
    const stop = { ratio: 0.05, metrics: [], maxTimeNs: 1e15 };
    const run = recoveryRun({
      scenario: 'herd',
      policies: ['as-specified', 'identical'],
      copy: true,
      plan: { stop },
    });
    const { loadPoints, stop: state } = analyse(run, recoveryReading);
    expect(loadPoints.map(({ noiseFloors }) => noiseFloors.map(({ metric }) => metric))).toEqual([
      [],
      ['resumed.p95'],
    ]);
    expect(state).toMatchObject({
      isReached: true,
      widest: { metric: 'resumed.p95', loadPoint: { policy: 'identical' } },
    });
  });
});

test('what was never resumed is not measured, and the sentence says why', () => {
  const lost = resumedOf(analyse(recoveryRun({ faults: ['lost-state'] }), recoveryReading), 0);
  expect(lost.verdict).toMatchObject({ kind: 'not-measured' });
  expect(lost.sentence).toBe(
    'Time to resumed stream p95 was not measured: no trial supports this number: no client was interrupted, or too many never came back.',
  );
});

test('counts that are 0 in both arms are said to be equal', () => {
  const [point] = analyse(recoveryRun(), recoveryReading).loadPoints;
  const lost = point!.comparisons.find(({ metric }) => metric === 'lost');
  expect(lost).toMatchObject({ verdict: { kind: 'exact', favours: undefined } });
  expect(lost!.sentence).toBe('Tokens lost: SSE 0, WebSocket 0, equal in every block.');
});

test('a count without a ratio favours the arm that has fewer in every block', () => {
  const [point] = analyse(recoveryRun({ edit: lossy }), recoveryReading).loadPoints;
  const lost = point!.comparisons.find(({ metric }) => metric === 'lost');
  expect(lost).toMatchObject({ verdict: { kind: 'exact', favours: 'ws' } });
  expect(lost!.sentence).toBe(
    'Tokens lost: SSE 40, WebSocket 0; fewer with WebSocket in every block.',
  );
});

test('a threshold on a metric of recovery is judged at every fault', () => {
  const threshold = {
    text: 'resumed.p95 > 1s',
    arm: 'sse',
    metric: 'resumed.p95',
    operator: '>',
    limit: 1e9,
  } as const;
  const results = judgeThresholds(
    analyse(recoveryRun({ faults: ['reset', 'kill'] }), recoveryReading),
    [threshold],
  );
  expect(results.map(({ loadPoint, outcome }) => `${loadPoint.fault} ${outcome}`)).toEqual([
    'reset passed',
    'kill failed',
  ]);
});

test('a pilot says for every fault how many blocks it needs', () => {
  const { pilot } = analyse(recoveryRun({ ...both, plan: { isPilot: true } }), recoveryReading);
  expect(pilot!.endpoints.map(({ metric, loadPoint }) => `${loadPoint.fault} ${metric}`)).toEqual([
    'reset resumed.p95',
    'kill resumed.p95',
  ]);
  const lanes = analyse(
    recoveryRun({ ...both, plan: { isPilot: true, lanes: 4 } }),
    recoveryReading,
  ).pilot;
  expect(lanes!.estimatedNs).toBeCloseTo(pilot!.estimatedNs! / 4, 0);
});

describe('two runs', () => {
  const older = recoveryRun(both);
  const newer = (options: RecoveryRunOptions = {}): SavedRun => ({
    ...recoveryRun({ ...both, seed: 2, ...options }),
    folder: 'reports/new',
  });

  test('are compared fault by fault', () => {
    const slower = newer({
      factor: (name, arm, point) =>
        fasterAfterKill(name, arm, point) *
        (name === 'faultToResumedNs' && point.fault === 'reset' ? 2 : 1),
    });
    const arms = compareRuns(gatherRuns(older, [slower], recoveryReading)).comparisons.flatMap(
      (comparison) => comparison.arms,
    );
    const verdicts = arms.map(({ loadPoint, arm, changes }) => {
      const change = changes.find(({ metric }) => metric === 'resumed.p95');
      return `${loadPoint.fault} ${arm} ${change?.endpoint} ${change?.verdict.kind}`;
    });
    expect(verdicts).toEqual([
      'reset sse P8 worse',
      'reset ws P8 worse',
      'kill sse P8 equivalent',
      'kill ws P8 equivalent',
    ]);
  });

  test('without a fault in common cannot be compared', () => {
    expect(() => gatherRuns(older, [newer({ faults: ['drain'] })], recoveryReading)).toThrow(
      'no load point in common: Reset, 100 connections; Kill and restart, 100 connections in the old run, Drain and replace, 100 connections in the new one',
    );
  });

  test('that both lost nothing pass a gate on what is lost', () => {
    const gates = [{ metric: undefined, margin: { kind: 'share', share: 0.05 } }] as const;
    const lost = judgeRegressions(
      gates,
      subjectsOfRuns(gatherRuns(older, [newer()], recoveryReading)),
    ).filter(({ metric }) => metric === 'lost');
    expect(lost.map(({ state }) => state)).toEqual(['passed', 'passed', 'passed', 'passed']);
  });
});
