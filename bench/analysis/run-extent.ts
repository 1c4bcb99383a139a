// Computes how many trials a run had to measure, and whether it measured them: repeated blocks come
// on top, and a rule that stopped the run removes the blocks after the stop.

import type { SavedRun } from '../contract/run-file.ts';
import type { StopState } from './analysis.ts';
import { attemptsByBlock, isDisturbed, trialsPerBlock } from './attempts.ts';
import { lateLoadPoints } from './late-trials.ts';
import type { ScenarioReading } from './scenario-reading.ts';

export interface RunExtent {
  /** Trials, burn-in and repetitions included. */
  readonly planned: number;
  readonly isComplete: boolean;
}

export function measureExtent(
  run: SavedRun,
  stop: StopState | undefined,
  reading: ScenarioReading,
): RunExtent {
  const { plan } = run.header;
  const measuredBlocks = stop?.isReached === true ? stop.blocks : plan.blocks;
  const supplements = reading.countSupplements?.(plan, run.trials) ?? 0;
  const planned =
    trialsPerBlock(plan) * (plan.burnInBlocks + measuredBlocks + countRepeatsDue(run)) +
    countAloneDue(run) +
    supplements;
  return { planned, isComplete: run.trials.length >= planned };
}

/**
 * Counts all arms of each load point with a late parallel trial, in the last measurement of its
 * block.
 */
function countAloneDue({ header: { plan }, trials }: SavedRun): number {
  const beside = trials.filter(({ alone }) => alone !== true);
  return [...Map.groupBy(beside, ({ block }) => block).values()].reduce((sum, ofBlock) => {
    const last = Math.max(...ofBlock.map(({ attempt = 0 }) => attempt));
    return (
      sum +
      plan.arms.length * lateLoadPoints(ofBlock.filter(({ attempt = 0 }) => attempt === last)).size
    );
  }, 0);
}

/** Counts disturbed blocks up to the cap, whether or not their repetition was reached. */
function countRepeatsDue(run: SavedRun): number {
  const disturbed = attemptsByBlock(run).filter(
    ([first]) => first?.isWhole === true && isDisturbed(first.trials),
  ).length;
  return Math.min(disturbed, run.header.plan.extraBlocks ?? 0);
}
