// Lists blocks measured again because the machine disturbed them: which, why, and whether that
// changed any conclusion. A repetition is fair only if the machine disturbs all arms alike, so that
// is tested too.

import { armName, isCopy } from '../contract/arms/arms.ts';
import type { SavedRun } from '../contract/run-file.ts';
import type { Analysis, RepeatedBlock, WithoutRepeats } from './analysis.ts';
import {
  attemptsByBlock,
  chooseAttempt,
  disturbances,
  isDisturbed,
  lostAgents,
} from './attempts.ts';
import { signFlipSeed, type ArmComparison } from './comparisons.ts';
import { pairTrials, selectMeasured, type JudgedLoadPoint } from './measured-trials.ts';
import { estimateMean } from './statistics/estimate.ts';
import { signFlipP } from './statistics/sign-flip.ts';

/** Repeated blocks, in run order. */
export function listRepeats(run: SavedRun): readonly RepeatedBlock[] {
  return attemptsByBlock(run).flatMap((attempts): RepeatedBlock[] => {
    const [first, ...later] = attempts;
    if (first === undefined || later.length === 0) return [];
    const lost = lostAgents(first.trials);
    return [
      {
        block: first.block,
        firstTrials: first.trials.map(({ trial }) => trial),
        repeatTrials: later.flatMap(({ trials }) => trials.map(({ trial }) => trial)),
        isUsed: chooseAttempt(attempts, 'last') !== first,
        ...(lost.length > 0 && { lost }),
        misses: disturbances(first.trials).map(
          ({ trial, gate: { id, title, value, limit, unit } }) => ({
            id,
            title,
            value,
            limit,
            unit,
            trial: trial.trial,
            arm: armName(trial.arm),
            connections: trial.loadPoint.connections,
            loadPoint: trial.loadPoint,
          }),
        ),
      },
    ];
  });
}

/**
 * Counts of blocks that were measured, and of those whose first measurement the machine disturbed,
 * repeated or not.
 */
export function countBlocks(run: SavedRun): Analysis['blocks'] {
  const blocks = attemptsByBlock(run);
  return {
    measured: blocks.length,
    disturbed: blocks.filter(([first]) => first !== undefined && isDisturbed(first.trials)).length,
  };
}

/** Load points with their comparisons: the verdicts of one rule. */
export interface Concluded {
  readonly judged: readonly JudgedLoadPoint[];
  readonly comparisons: readonly (readonly ArmComparison[])[];
}

export function changedVerdicts(
  withRepeats: Concluded,
  without: Concluded,
): WithoutRepeats['changed'] {
  return withRepeats.judged.flatMap(({ loadPoint }, index) =>
    (withRepeats.comparisons[index] ?? []).flatMap((comparison) => {
      const { endpoint, otherArm, baselineArm, metric, verdict } = comparison;
      const verdictWithout = without.comparisons[index]?.find(
        (one) =>
          one.otherArm === otherArm && one.baselineArm === baselineArm && one.metric === metric,
      )?.verdict;
      if (endpoint === undefined || verdictWithout === undefined) return [];
      const isSame =
        verdict.kind === verdictWithout.kind && verdict.favours === verdictWithout.favours;
      return isSame
        ? []
        : [
            {
              connections: loadPoint.connections,
              loadPoint,
              otherArm,
              ...(baselineArm !== undefined && { baselineArm }),
              metric,
              verdict,
              verdictWithout,
            },
          ];
    }),
  );
}

/**
 * Contenders against the baseline over the first measurements of all blocks; empty when the machine
 * does not report stolen time.
 */
export function compareStolen(run: SavedRun): WithoutRepeats['stolen'] {
  const { arms, seed } = run.header.plan;
  const loadPoints = selectMeasured(run, 'first');
  const contenders = arms.slice(1).filter((arm) => !isCopy(arm));
  return contenders.flatMap((arm) => {
    const name = armName(arm);
    const differences = loadPoints.flatMap(({ arms: [baseline, ...others] }) => {
      const other = others.find((one) => one.name === name && !one.isNullArm);
      if (baseline === undefined || other === undefined) return [];
      return pairTrials(baseline, other).flatMap((pair) => {
        const [first, second] = [pair.baseline.stolen, pair.other.stolen];
        return first === undefined || second === undefined ? [] : [second - first];
      });
    });
    const difference = estimateMean(differences, 'difference');
    return difference === undefined
      ? []
      : [{ otherArm: name, difference, p: signFlipP(differences, signFlipSeed(seed)) }];
  });
}
