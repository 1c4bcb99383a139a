// Expands a plan into an ordered list of trials. Arms are interleaved within a block in random
// order, so that drift of the machine cannot favour an arm (randomised multiple interleaved trials,
// Abedi & Brecht 2017).

import type { Arm } from '../contract/arms/arms.ts';
import { faultNames } from '../contract/faults.ts';
import { deriveSeed, drawBelow, seededDraw, shuffled } from '../contract/random.ts';
import type { LoadPoint, Plan } from '../contract/run-file.ts';
import type { SearchOrder } from '../contract/search.ts';
import { scenarios } from '../scenarios/registry.ts';
import type { Supplement } from './follow-up.ts';

/**
 * Set-up of one trial, drawn anew for each: innocuous differences bias results (Mytkowicz et al.
 * 2009).
 */
interface TrialSetup {
  readonly environmentPaddingBytes: number;
  readonly serverCpu?: number;
  readonly clientCpu?: number;
  readonly serverFirst: boolean;
  readonly hashSeed: number;
  readonly randomSeed: number;
  readonly workingDirectoryBytes: number;
}

export interface PlannedTrial {
  readonly trial: number;
  readonly block: number;
  /** Above 0 for a block that is measured again. */
  readonly attempt?: number;
  /**
   * Runs without parallel trials: repeats a trial that was late in its block because of the trials
   * beside it.
   */
  readonly alone?: true;
  readonly burnIn: boolean;
  readonly order: number;
  readonly arm: Arm;
  readonly loadPoint: LoadPoint;
  /** Equal for all arms of a block at a load point: common random numbers. */
  readonly workloadSeed: number;
  /** Scenario `capacity`: the load at which the search begins, or the loads to measure. */
  readonly asked?: SearchOrder;
  readonly setup: TrialSetup;
}

const MAX_PADDING_BYTES = 4096;
const MAX_HASH_SEED = 2 ** 31;
const MAX_WORKING_DIRECTORY_BYTES = 200;

/** All trials of one measurement of one block, in the order in which they run. */
export interface PlannedBlock {
  readonly block: number;
  readonly attempt: number;
  readonly trials: readonly PlannedTrial[];
}

/** @param firstTrial Number of its first trial in the run. */
export function planBlock(
  plan: Plan,
  block: number,
  { attempt, firstTrial }: { attempt: number; firstTrial: number },
): PlannedBlock {
  // The seed depends on the block alone: a repetition has the same workloads in the same order, in
  // a set-up of its own.
  const draw = seededDraw(deriveSeed(plan.seed, 1, block));
  const trials: PlannedTrial[] = [];
  for (const loadPoint of shuffled(draw, plan.loadPoints)) {
    const workloadSeed = workloadSeedOf(plan, block, loadPoint);
    for (const [order, arm] of shuffled(draw, plan.arms).entries()) {
      const trial = firstTrial + trials.length;
      trials.push({
        trial,
        block,
        ...(attempt > 0 && { attempt }),
        burnIn: block < plan.burnInBlocks,
        order,
        arm,
        loadPoint,
        workloadSeed,
        setup: drawSetup(plan, trial, block),
      });
    }
  }
  return { block, attempt, trials };
}

/**
 * Equal for all arms of a block. How many streams arrive at most follows from it, and not the other
 * way about.
 */
export function workloadSeedOf(
  { seed }: Pick<Plan, 'seed'>,
  block: number,
  loadPoint: Pick<LoadPoint, 'connections' | 'fault' | 'arrivals'>,
): number {
  const load = loadPoint.arrivals === undefined ? loadPoint.connections : 0;
  return deriveSeed(seed, 2, block, load, ...breakingSeed(loadPoint));
}

/**
 * Plans these trials again, one at a time, in their order, with own set-ups. @param firstTrial
 * Number of the first of them in the run.
 */
export function planAlone(
  plan: Plan,
  trials: readonly PlannedTrial[],
  firstTrial: number,
): readonly PlannedTrial[] {
  return trials.map((planned, index) => {
    const trial = firstTrial + index;
    return { ...planned, trial, alone: true, setup: drawSetup(plan, trial, planned.block) };
  });
}

/** All trials as planned, without repetitions. */
export function planTrials(plan: Plan): PlannedTrial[] {
  const trials: PlannedTrial[] = [];
  for (let block = 0; block < plan.burnInBlocks + plan.blocks; block++)
    trials.push(...planBlock(plan, block, { attempt: 0, firstTrial: trials.length }).trials);
  return trials;
}

/**
 * Plans trials that run once after all blocks, as a block of their own; arms with the same task run
 * in random order.
 * @param firstTrial Number of its first trial in the run.
 */
export function planSupplements(
  plan: Plan,
  supplements: readonly Supplement[],
  firstTrial: number,
): readonly PlannedTrial[] {
  const block = plan.burnInBlocks + plan.blocks;
  const draw = seededDraw(deriveSeed(plan.seed, 1, block));
  const trials: PlannedTrial[] = [];
  for (const own of Map.groupBy(supplements, ({ purpose }) => purpose).values()) {
    for (const [order, { purpose, arm, streams }] of shuffled(draw, own).entries()) {
      const trial = firstTrial + trials.length;
      trials.push({
        trial,
        block,
        burnIn: false,
        order,
        arm,
        loadPoint: { connections: Math.max(...streams), span: purpose },
        workloadSeed: deriveSeed(plan.seed, 2, block),
        asked: { purpose, streams: [...streams] },
        setup: drawSetup(plan, trial, block),
      });
    }
  }
  return trials;
}

export function countTrials(plan: Plan): number {
  const { arms, loadPoints, blocks, burnInBlocks } = plan;
  return (
    arms.length * loadPoints.length * (blocks + burnInBlocks) +
    (scenarios[plan.scenario].followUp?.countSupplements(plan) ?? 0)
  );
}

/**
 * Faults of a block have workloads of their own; policies share theirs, so that they can be
 * compared.
 */
function breakingSeed({ fault }: Pick<LoadPoint, 'fault'>): number[] {
  return fault === undefined ? [] : [faultNames.indexOf(fault)];
}

function drawSetup(plan: Plan, trial: number, block: number): TrialSetup {
  const draw = seededDraw(deriveSeed(plan.seed, 3, trial));
  return {
    environmentPaddingBytes: drawBelow(draw, MAX_PADDING_BYTES),
    serverFirst: draw() < 0.5,
    hashSeed: 1 + drawBelow(draw, MAX_HASH_SEED),
    randomSeed: 1 + drawBelow(draw, MAX_HASH_SEED),
    workingDirectoryBytes: drawBelow(draw, MAX_WORKING_DIRECTORY_BYTES),
    // The two CPUs are swapped every block, so that a slow one is shared fairly.
    ...(plan.pin && { serverCpu: block % 2, clientCpu: (block + 1) % 2 }),
  };
}
