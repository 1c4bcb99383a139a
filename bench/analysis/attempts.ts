// Selects the measurement of a block that counts. A block that the machine disturbed may be
// measured again, and then its last whole measurement is analysed: the rule is fixed before the
// run, so that no result can influence it.

import { armName } from '../contract/arms/arms.ts';
import { isSupplement, loadPointKey } from '../contract/load-point.ts';
import { preferAlone } from './late-trials.ts';
import type { Gate, Plan, SavedRun, TrialRecord } from '../contract/run-file.ts';

/**
 * `last` is the rule of every report; `first` is what a run without repetitions would have
 * analysed.
 */
export type AttemptRule = 'last' | 'first';

/**
 * All saved trials of one measurement of one block, in run order; trials measured again alone
 * replace those that were late.
 */
export interface Attempt {
  readonly block: number;
  /** 0 for the first. */
  readonly attempt: number;
  readonly trials: readonly TrialRecord[];
  /** True when every arm at every load point was saved, completed or failed. */
  readonly isWhole: boolean;
}

/**
 * The measurements of each block after burn-in, in run order; within a block the first attempt
 * comes first.
 */
export function attemptsByBlock({
  header: { plan },
  trials,
}: SavedRun): readonly (readonly Attempt[])[] {
  const measured = trials
    .filter((trial) => !trial.burnIn && !isSupplement(trial.loadPoint))
    .sort((a, b) => a.trial - b.trial);
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

/**
 * Falls back to the attempt before a repetition that was cut off, but not before one with a failed
 * trial, or failing would pay.
 */
export function chooseAttempt(
  attempts: readonly Attempt[],
  rule: AttemptRule,
): Attempt | undefined {
  const [first] = attempts;
  return rule === 'first' ? first : (attempts.findLast(({ isWhole }) => isWhole) ?? first);
}

export function trialsPerBlock({ arms, loadPoints }: Pick<Plan, 'arms' | 'loadPoints'>): number {
  return arms.length * loadPoints.length;
}

/**
 * An environment gate that a trial missed temporarily: a lasting cause would disturb the
 * repetition, too.
 */
export interface Disturbance {
  readonly trial: TrialRecord;
  readonly gate: Gate;
}

/**
 * Disturbances of these trials by the machine. A miss that a slow arm could have caused itself is
 * no disturbance.
 */
export function disturbances(trials: readonly TrialRecord[]): readonly Disturbance[] {
  return trials.flatMap((trial) => {
    if (trial.outcome === 'failed') return [];
    return trial.gates.filter(isDisturbance).map((gate) => ({ trial, gate }));
  });
}

export function isDisturbance({ kind, ok, remedy }: Gate): boolean {
  return kind === 'environment' && !ok && remedy === undefined;
}

/** A trial whose agent was lost has no values, and is measured again with its block. */
export function isDisturbed(trials: readonly TrialRecord[]): boolean {
  return disturbances(trials).length > 0 || lostAgents(trials).length > 0;
}

/** The agents that were lost in these trials, each with what happened to it. */
export function lostAgents(trials: readonly TrialRecord[]): readonly string[] {
  return trials.flatMap((trial) =>
    trial.outcome === 'failed' && trial.failure.code === 'AGENT_LOST' ? trial.failure.message : [],
  );
}

function countPlaces(trials: readonly TrialRecord[]): number {
  return new Set(trials.map(({ arm, loadPoint }) => `${armName(arm)} ${loadPointKey(loadPoint)}`))
    .size;
}
