// Chooses the next trials: a pure function of the plan and of the saved records. An interrupted run
// therefore continues as if it had not been, and its file alone explains why a block was repeated
// or the run stopped.

import type { Plan, TrialRecord } from '../contract/run-file.ts';
import { isDisturbed } from '../analysis/attempts.ts';
import { lateLoadPoints } from '../analysis/late-trials.ts';
import { isSupplement, loadPointKey } from '../contract/load-point.ts';
import { scenarios } from '../scenarios/registry.ts';
import {
  planAlone,
  planBlock,
  planSupplements,
  type PlannedBlock,
  type PlannedTrial,
} from './trials.ts';

export interface NextTrialsOptions {
  readonly plan: Plan;
  /** All records saved so far, in run order. */
  readonly records: readonly TrialRecord[];
  /** The stopping rule of the plan, called between blocks; never called without one. */
  readonly mayStop: () => boolean;
}

/**
 * The trials left of a begun block, of a disturbed block's repetition, of load points measured
 * again without parallel trials, of the next block, or of the supplements after all blocks; empty
 * when all is done.
 */
export function nextTrials(options: NextTrialsOptions): readonly PlannedTrial[] {
  const { plan, records } = options;
  const saved = new Set(records.map(({ trial }) => trial));
  let firstTrial = 0;
  let repeated = 0;
  for (let block = 0; block < plan.burnInBlocks + plan.blocks; block++) {
    const isMeasured = block >= plan.burnInBlocks;
    if (isMeasured && plan.stop !== undefined && !isReached(block, records) && options.mayStop())
      break;
    for (let attempt = 0; ; attempt++) {
      const planned = planBlock(plan, block, { attempt, firstTrial });
      const left = planned.trials.filter(({ trial }) => !saved.has(trial));
      if (left.length > 0) return left.map((one) => withStart(one, options));
      firstTrial += planned.trials.length;
      const measured = recordsOf(planned, records);
      const mayRepeat = isMeasured && attempt === 0 && repeated < (plan.extraBlocks ?? 0);
      if (!mayRepeat || !isDisturbed(measured)) {
        const again = planAgain(plan, planned, measured, firstTrial);
        const leftAlone = again.filter(({ trial }) => !saved.has(trial));
        if (leftAlone.length > 0) return leftAlone;
        firstTrial += again.length;
        break;
      }
      repeated++;
    }
  }
  const supplements = scenarios[plan.scenario].followUp?.supplements(plan, records) ?? [];
  return planSupplements(plan, supplements, firstTrial).filter(({ trial }) => !saved.has(trial));
}

function planAgain(
  plan: Plan,
  { trials }: PlannedBlock,
  measured: readonly TrialRecord[],
  firstTrial: number,
): readonly PlannedTrial[] {
  const late = lateLoadPoints(measured);
  return planAlone(
    plan,
    trials.filter(({ loadPoint }) => late.has(loadPointKey(loadPoint))),
    firstTrial,
  );
}

function withStart(planned: PlannedTrial, { plan, records }: NextTrialsOptions): PlannedTrial {
  const asked = scenarios[plan.scenario].followUp?.order(plan, planned.block, records);
  return asked === undefined ? planned : { ...planned, asked };
}

function recordsOf({ trials }: PlannedBlock, records: readonly TrialRecord[]): TrialRecord[] {
  const numbers = new Set(trials.map(({ trial }) => trial));
  return records.filter(({ trial }) => numbers.has(trial));
}

function isReached(block: number, records: readonly TrialRecord[]): boolean {
  return records.some((record) => record.block >= block && !isSupplement(record.loadPoint));
}
