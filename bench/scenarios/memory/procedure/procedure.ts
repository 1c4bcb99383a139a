// Procedure `ladder`: connections grow and shrink in rungs, and memory is read on each.

import assert from 'node:assert/strict';
import { ladderSteps, ladderTimetable, type LadderPlan } from '../../../contract/ladder.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import type { LadderTrial, Plan } from '../../../contract/run-file.ts';
import { runnerOf, type Procedure } from '../../../trial/procedure.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { measureLadder, type LadderReadings } from './measure.ts';
import { recordLadder } from './record.ts';

/**
 * As in steady trials: enough for V8 to compile the code path of a token. Memory that it leaves
 * behind is in rung 0.
 */
const REHEARSAL_TOKENS = 20_000;

export const ladder: Procedure<'tally', LadderReadings, LadderTrial> = {
  id: 'ladder',
  tally: 'tally',
  specify: (planned, options) => ({
    ...specifyTrial(planned, options),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: 0,
    ...climb(ladderOf(options.plan)),
  }),
  measure: async (trial, plan) => await measureLadder(trial, ladderOf(plan)),
  record: (planned, measured) => recordLadder(planned, measured),
};

export const runner = runnerOf(ladder);

function ladderOf({ ladder: own }: Plan): LadderPlan {
  assert(own !== undefined, 'a plan of this procedure has a ladder');
  return own;
}

/** The window is the ladder from the opening of its first rung; before it, rung 0 is read. */
function climb(plan: LadderPlan): Pick<TrialSpecification, 'warmupNs' | 'windowNs' | 'timetable'> {
  const steps = ladderSteps(plan);
  const warmupNs = steps[0]?.quietToNs ?? 0;
  return {
    warmupNs,
    windowNs: (steps.at(-1)?.quietToNs ?? 0) - warmupNs,
    timetable: ladderTimetable(plan),
  };
}
