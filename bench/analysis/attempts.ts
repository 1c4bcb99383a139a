// Which measurement of a block counts. A block that the machine disturbed may be measured again, and then its last whole
// measurement is analysed: a rule fixed before the run, which no result can bend.

import { armName } from '../contract/transports.ts';
import { isSupplement, loadPointKey } from '../contract/load-point.ts';
import { preferAlone } from './late-trials.ts';
import type { Gate, Plan, SavedRun, TrialRecord } from '../contract/run-file.ts';

/** `last` is the rule of every report; `first` is what a run without repetitions would have analysed. */
export type AttemptRule = 'last' | 'first';

/** All saved trials of one measurement of one block, in run order; what was measured again alone takes the place of what was late. */
export interface Attempt {
  readonly block: number;
  /** 0 for the first. */
  readonly attempt: number;
  readonly trials: readonly TrialRecord[];
  /** Every arm at every load point was saved, completed or failed. */
  readonly isWhole: boolean;
}

/** The measurements of each block after burn-in, in run order; of a block the first attempt comes first. */
export function attemptsByBlock({ header: { plan }, trials }: SavedRun): readonly (readonly Attempt[])[] {
  const measured = trials.filter((trial) => !trial.burnIn && !isSupplement(trial.loadPoint)).sort((a, b) => a.trial - b.trial);
  const blocks = [...Map.groupBy(measured, ({ block }) => block)].sort(([a], [b]) => a - b);
  return blocks.map(([block, ofBlock]) =>
    [...Map.groupBy(ofBlock, ({ attempt }) => attempt ?? 0)]
      .sort(([a], [b]) => a - b)
      .map(([attempt, own]) => ({
        block,
        attempt,
        trials: preferAlone(own, plan.arms.length),
        isWhole: countPlaces(own) === trialsPerBlock(plan),
      })),
  );
}

/** A repetition that was cut off leaves its block to the attempt before it; a failed trial does not, or failing would pay. */
export function chooseAttempt(attempts: readonly Attempt[], rule: AttemptRule): Attempt | undefined {
  const [first] = attempts;
  return rule === 'first' ? first : (attempts.findLast(({ isWhole }) => isWhole) ?? first);
}

export function trialsPerBlock({ arms, loadPoints }: Pick<Plan, 'arms' | 'loadPoints'>): number {
  return arms.length * loadPoints.length;
}

/** An environment gate that a trial missed for a while: what lasts would disturb the repetition, too. */
export interface Disturbance {
  readonly trial: TrialRecord;
  readonly gate: Gate;
}

/** What the machine did to these trials. What a slow arm could have caused itself is no disturbance. */
export function disturbances(trials: readonly TrialRecord[]): readonly Disturbance[] {
  return trials.flatMap((trial) => {
    if (trial.outcome === 'failed') return [];
    return trial.gates.filter(isDisturbance).map((gate) => ({ trial, gate }));
  });
}

export function isDisturbance({ kind, ok, remedy }: Gate): boolean {
  return kind === 'environment' && !ok && remedy === undefined;
}

export function isDisturbed(trials: readonly TrialRecord[]): boolean {
  return disturbances(trials).length > 0;
}

function countPlaces(trials: readonly TrialRecord[]): number {
  return new Set(trials.map(({ arm, loadPoint }) => `${armName(arm)} ${loadPointKey(loadPoint)}`)).size;
}
