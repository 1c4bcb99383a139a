import { expect, test } from 'vitest';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import { fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import { analyseRun } from '../scenarios/readings.ts';

function extent(options: FixtureOptions) {
  const { trials, isComplete } = analyseRun(
    fixtureRun({ blocks: 12, burnInBlocks: 1, ...options }),
  );
  return { planned: trials.planned, completed: trials.completed, isComplete };
}

const stop: NonNullable<Plan['stop']> = {
  ratio: 0.05,
  metrics: ['cpu.server.token'],
  maxTimeNs: 3600 * NS_PER_S,
};

type Edit = NonNullable<FixtureOptions['edit']>;

const withoutRepetitions: Edit = (trial) => (trial.attempt === 1 ? undefined : trial);

/** Ends the run after this block, or this trial. */
const until =
  (last: { readonly block?: number; readonly trial?: number }): Edit =>
  (trial) =>
    trial.block > (last.block ?? trial.block) || trial.trial > (last.trial ?? trial.trial)
      ? undefined
      : trial;

test('the trials of repeated blocks come on top of the planned ones', () => {
  expect(extent({ repeated: [3, 5], plan: { extraBlocks: 3 } })).toEqual({
    planned: 30,
    completed: 30,
    isComplete: true,
  });
});

test('a disturbed block whose repetition is missing leaves the run incomplete, up to the cap', () => {
  const edit = withoutRepetitions;
  expect(extent({ repeated: [3, 5], edit, plan: { extraBlocks: 3 } })).toEqual({
    planned: 30,
    completed: 26,
    isComplete: false,
  });
  expect(extent({ repeated: [3, 5], edit, plan: { extraBlocks: 1 } })).toEqual({
    planned: 28,
    completed: 26,
    isComplete: false,
  });
  expect(extent({ repeated: [3, 5], edit, plan: { extraBlocks: 0 } })).toEqual({
    planned: 26,
    completed: 26,
    isComplete: true,
  });
});

test('a run that its rule stopped is complete', () => {
  expect(extent({ edit: until({ block: 10 }), blocks: 60, plan: { stop } })).toEqual({
    planned: 22,
    completed: 22,
    isComplete: true,
  });
});

test('a run that was cut off before its rule stopped it, or within a block, is not', () => {
  expect(extent({ edit: until({ block: 9 }), blocks: 60, plan: { stop } })).toEqual({
    planned: 122,
    completed: 20,
    isComplete: false,
  });
  expect(extent({ edit: until({ trial: 22 }), blocks: 60, plan: { stop } })).toEqual({
    planned: 24,
    completed: 23,
    isComplete: false,
  });
});
