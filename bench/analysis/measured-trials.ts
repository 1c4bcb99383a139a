// Selects the trials that are analysed and pairs them: the only place where a trial can be left
// out, and by rule only.

import { armName, isCopy, type Arm } from '../contract/arms/arms.ts';
import { transports } from '../contract/arms/transports.ts';
import { loadPointKey } from '../contract/load-point.ts';
import type { Distribution } from '../contract/distribution.ts';
import type {
  CompletedTrial,
  FaultedTrial,
  FinishedTrial,
  LoadPoint,
  SavedRun,
  TrialRecord,
} from '../contract/run-file.ts';
import type { Estimate } from './statistics/estimate.ts';
import { attemptsByBlock, chooseAttempt, type AttemptRule } from './attempts.ts';

/**
 * Difference between two equal arms, the baseline and its copy, in one endpoint: the noise of
 * machine and harness together.
 */
export interface NoiseFloor {
  readonly metric: string;
  readonly blocks: number;
  /** Copy over baseline with its 95 % interval; undefined for metrics that may be ≤ 0. */
  readonly ratio: Estimate | undefined;
  /** Copy − baseline with its 95 % interval, in the metric's unit. */
  readonly difference: Estimate | undefined;
  /** Half-width of the ratio's interval: 0.04 when it reaches a factor of 1.04 either way. */
  readonly halfWidthRatio: number | undefined;
  /** Half-width of the difference's interval, in the metric's unit. */
  readonly halfWidth: number | undefined;
  /** The smallest true effect that a comparison as noisy as this one finds with a power of 80 %. */
  readonly minimumDetectableRatio: number | undefined;
  readonly minimumDetectable: number | undefined;
  readonly signFlipP: number | undefined;
  /** Holm-adjusted over the endpoints and load points of this pair alone. */
  readonly adjustedP: number | undefined;
  /** True when a difference was found although there is none. */
  readonly claims: boolean;
}

/** Everything measured at one load point, burn-in left out. */
export interface MeasuredLoadPoint {
  readonly loadPoint: LoadPoint;
  readonly arms: readonly MeasuredArm[];
}

/** A negative control that two compared arms missed. */
export interface FailedControl {
  readonly gate: string;
  /** Names of the two arms. */
  readonly baseline: string;
  readonly other: string;
  /** In words, without the arms. */
  readonly reason: string;
}

/**
 * A load point with the failed gates of each arm, in words, and the noise floors of its A/A pair.
 */
export interface JudgedLoadPoint extends MeasuredLoadPoint {
  readonly invalid: ReadonlyMap<string, readonly string[]>;
  readonly harnessLimited: ReadonlyMap<string, readonly string[]>;
  /** Controls that two arms missed; none when absent. */
  readonly failedControls?: readonly FailedControl[];
  readonly noiseFloors?: readonly NoiseFloor[];
}

export interface MeasuredArm {
  readonly name: string;
  readonly arm: Arm;
  readonly isNullArm: boolean;
  /** Completed trials in run order, including those with fault injection. */
  readonly completed: readonly FinishedTrial[];
  readonly failed: number;
}

/** Two trials of one block at one load point. */
export interface TrialPair {
  readonly block: number;
  readonly baseline: FinishedTrial;
  readonly other: FinishedTrial;
}

/** True when the trial was measured to its end. */
export const isFinished = (trial: TrialRecord): trial is FinishedTrial =>
  trial.outcome !== 'failed';

/** True when the trial finished, and no fault was injected. */
export const isSteady = (trial: TrialRecord): trial is CompletedTrial =>
  trial.outcome === 'completed';

export const isFaulted = (trial: TrialRecord): trial is FaultedTrial => trial.outcome === 'faulted';

/**
 * One entry per planned load point and arm, in the order of the plan; one attempt of each block.
 */
export function selectMeasured(
  run: SavedRun,
  rule: AttemptRule = 'last',
): readonly MeasuredLoadPoint[] {
  const measured = attemptsByBlock(run).flatMap(
    (attempts) => chooseAttempt(attempts, rule)?.trials ?? [],
  );
  const { arms, loadPoints } = run.header.plan;
  return loadPoints.map((loadPoint) => ({
    loadPoint,
    arms: arms.map((arm) => {
      const name = armName(arm);
      const own = measured.filter(
        (trial) =>
          loadPointKey(trial.loadPoint) === loadPointKey(loadPoint) && armName(trial.arm) === name,
      );
      const completed = own.filter(isFinished);
      return {
        name,
        arm,
        isNullArm: transports[arm.transport].isNullArm,
        completed,
        failed: own.length - completed.length,
      };
    }),
  }));
}

export function distributionsOf(trials: readonly FinishedTrial[]): readonly Distribution[] {
  return trials.flatMap(({ distributions }) => Object.values(distributions));
}

/** Blocks in which both arms completed, in run order: half a block allows no comparison. */
export function pairTrials(baseline: MeasuredArm, other: MeasuredArm): readonly TrialPair[] {
  const byBlock = new Map(other.completed.map((trial) => [trial.block, trial]));
  return baseline.completed.flatMap((trial) => {
    const partner = byBlock.get(trial.block);
    return partner === undefined ? [] : [{ block: trial.block, baseline: trial, other: partner }];
  });
}

/**
 * The arms compared with the baseline, the first one: contenders, or in a run without any the copy
 * of its A/A pair.
 */
export function watchedArms([, ...others]: readonly MeasuredArm[]): readonly MeasuredArm[] {
  const arms = others.filter(({ isNullArm }) => !isNullArm);
  const contenders = arms.filter(({ arm }) => !isCopy(arm));
  return contenders.length > 0 ? contenders : arms;
}
