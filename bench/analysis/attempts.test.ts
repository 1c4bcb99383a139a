import { describe, expect, test } from 'vitest';
import type { CompletedTrial } from '../contract/run-file.ts';
import { fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import { attemptsByBlock, isDisturbed } from './attempts.ts';
import { pairTrials, selectMeasured } from './measured-trials.ts';

const plan = { extraBlocks: 3 };

/** Block and attempt of the analysed pairs. */
function analysed(options: FixtureOptions, rule: 'last' | 'first' = 'last'): string[] {
  const [point] = selectMeasured(
    fixtureRun({ blocks: 4, burnInBlocks: 1, plan, ...options }),
    rule,
  );
  const [sse, ws] = point!.arms;
  return pairTrials(sse!, ws!).map(
    ({ block, baseline, other }) => `${block}.${baseline.attempt ?? 0}.${other.attempt ?? 0}`,
  );
}

const isCut = (trial: CompletedTrial): boolean => trial.attempt === 1 && trial.order === 1;

describe('of a block that was measured twice', () => {
  test('the second measurement is analysed, and it alone', () => {
    expect(analysed({ repeated: [2, 4] })).toEqual(['1.0.0', '2.1.1', '3.0.0', '4.1.1']);
  });

  test('the first one is, when a run without repetitions is asked for', () => {
    expect(analysed({ repeated: [2, 4] }, 'first')).toEqual(['1.0.0', '2.0.0', '3.0.0', '4.0.0']);
  });

  test('the first one is, when the second was cut off', () => {
    expect(
      analysed({ repeated: [4], edit: (trial) => (isCut(trial) ? undefined : trial) }),
    ).toEqual(['1.0.0', '2.0.0', '3.0.0', '4.0.0']);
  });

  test('the second one stays chosen when a trial of it failed: the block is left out, not taken from the first', () => {
    const failure = { code: 'CHILD_DIED', message: 'the server process ended' };
    const run = fixtureRun({
      blocks: 4,
      plan,
      repeated: [2],
      edit: (trial) => (isCut(trial) ? { ...trial, outcome: 'failed', failure } : trial),
    });
    const { arms } = selectMeasured(run)[0]!;
    expect(arms.map(({ completed, failed }) => completed.length + failed)).toEqual([4, 4]);
    expect(pairTrials(arms[0]!, arms[1]!).map(({ block }) => block)).toEqual([1, 3, 4]);
  });
});

test('a measurement is whole only with every arm at every load point', () => {
  const run = fixtureRun({
    blocks: 2,
    burnInBlocks: 0,
    connections: [10, 100],
    edit: (trial) => (trial.trial === 7 ? undefined : trial),
  });
  expect(attemptsByBlock(run).map((attempts) => attempts.map(({ isWhole }) => isWhole))).toEqual([
    [true],
    [false],
  ]);
});

test('only what the machine did disturbs a block: a busy client is an arm’s own doing', () => {
  const [trial] = fixtureRun({ blocks: 1 }).trials as readonly CompletedTrial[];
  const missing = (gateId: string): CompletedTrial => ({
    ...trial!,
    gates: trial!.gates.map((gate) => Object.assign({}, gate, { ok: gate.id !== gateId })),
  });
  expect(['N1', 'H2', 'C1'].map((gateId) => isDisturbed([missing(gateId)]))).toEqual([
    true,
    false,
    false,
  ]);
});
