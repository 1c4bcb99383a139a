import { expect, test } from 'vitest';
import type { FaultedTrial, Gate, TrialRecord } from '../contract/run-file.ts';
import { carriedLanes, lateLoadPoints } from './late-trials.ts';
import { selectMeasured } from './measured-trials.ts';
import { recoveryRun } from '../scenarios/recovery/recovery-fixture.ts';
import { analyseRun } from '../scenarios/readings.ts';

const lateness = (value: number): Gate => ({
  id: 'H4',
  kind: 'harness',
  title: 'client timer lateness p99',
  value,
  limit: 25e6,
  unit: 'ns',
  ok: value <= 25e6,
  remedy: 'alone',
});

const withGate = (trial: FaultedTrial, gate: Gate): FaultedTrial => ({
  ...trial,
  gates: [...trial.gates.filter(({ id }) => id !== gate.id), gate],
});

/**
 * Three blocks of two faults; in the first, `kill` over `ws` was late in parallel, and was measured
 * again alone.
 */
function lateRun({ isLateAlone = false, isCut = false } = {}) {
  const run = recoveryRun({
    faults: ['reset', 'kill'],
    blocks: 3,
    burnInBlocks: 0,
    plan: { lanes: 6 },
    edit: (trial) =>
      withGate(
        trial,
        lateness(
          trial.block === 0 && trial.loadPoint.fault === 'kill' && trial.arm.transport === 'ws'
            ? 70e6
            : 2e6,
        ),
      ),
  });
  const again = run.trials
    .filter(({ block, loadPoint }) => block === 0 && loadPoint.fault === 'kill')
    .map((trial, index): TrialRecord => {
      const alone = {
        ...(trial as FaultedTrial),
        alone: true as const,
        trial: run.trials.length + index,
      };
      return withGate(alone, lateness(isLateAlone ? 70e6 : 1e6));
    });
  return { ...run, trials: [...run.trials, ...again.slice(0, isCut ? 1 : 2)] };
}

const killPoint = (run: ReturnType<typeof lateRun>) =>
  analyseRun(run).loadPoints.find(({ loadPoint }) => loadPoint.fault === 'kill');

test('what was measured again alone counts in the place of what was late, for both arms', () => {
  const run = lateRun();
  const point = selectMeasured(run).find(({ loadPoint }) => loadPoint.fault === 'kill');
  expect(
    point?.arms.map(({ completed }) =>
      completed.map(({ block, alone }) => [block, alone === true]),
    ),
  ).toEqual(
    [0, 1].map(() => [
      [0, true],
      [1, false],
      [2, false],
    ]),
  );
  expect(killPoint(run)?.harnessLimited).toEqual([]);
  expect(analyseRun(run)).toMatchObject({
    isComplete: true,
    trials: { planned: 14, completed: 14, alone: 2 },
  });
});

test('a late trial whose repetition was cut off counts, and the run is incomplete', () => {
  const run = lateRun({ isCut: true });
  expect(killPoint(run)?.harnessLimited[0]).toContain(
    'H4 client timer lateness p99 (ws): missed in 1 of 3 trials',
  );
  expect(analyseRun(run)).toMatchObject({
    isComplete: false,
    trials: { planned: 14, completed: 13 },
  });
});

test('what is late alone, too, is the load generator’s limit', () => {
  expect(killPoint(lateRun({ isLateAlone: true }))?.harnessLimited).toHaveLength(2);
});

test('the load points of a block that were late are named, and each late trial takes a lane until half are left', () => {
  const { trials } = lateRun();
  expect([...lateLoadPoints(trials)]).toHaveLength(1);
  const late = trials.find(
    ({ block, arm, loadPoint }) =>
      block === 0 && arm.transport === 'ws' && loadPoint.fault === 'kill',
  )!;
  expect(
    [0, 1, 3, 9].map((count) =>
      carriedLanes(
        { lanes: 6 },
        Array.from({ length: count }, () => late),
      ),
    ),
  ).toEqual([6, 5, 3, 3]);
  expect(carriedLanes({}, [late])).toBe(1);
});
