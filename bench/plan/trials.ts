// A plan spelled out: which trial runs when. Blocks are interleaved and their order is drawn, so that drift of the
// machine cannot favour an arm (randomised multiple interleaved trials, Abedi & Brecht 2017).

import { deriveSeed, drawBelow, seededDraw, shuffled } from '../contract/random.ts';
import type { LoadPoint, Plan } from '../contract/run-file.ts';
import type { Arm } from '../contract/transports.ts';

/** What the set-up of one trial is, drawn anew for each: innocuous differences bias results (Mytkowicz et al. 2009). */
interface TrialSetup {
  readonly environmentPaddingBytes: number;
  readonly serverCpu?: number;
  readonly clientCpu?: number;
  readonly serverFirst: boolean;
  readonly hashSeed: number;
}

export interface PlannedTrial {
  readonly trial: number;
  readonly block: number;
  readonly burnIn: boolean;
  readonly order: number;
  readonly arm: Arm;
  readonly loadPoint: LoadPoint;
  /** Equal for all arms of a block at a load point: common random numbers. */
  readonly workloadSeed: number;
  readonly setup: TrialSetup;
}

const MAX_PADDING_BYTES = 4096;
const MAX_HASH_SEED = 2 ** 31;

export function planTrials(plan: Plan): PlannedTrial[] {
  const trials: PlannedTrial[] = [];
  for (let block = 0; block < plan.burnInBlocks + plan.blocks; block++) {
    const draw = seededDraw(deriveSeed(plan.seed, 1, block));
    for (const loadPoint of shuffled(draw, plan.loadPoints)) {
      const workloadSeed = deriveSeed(plan.seed, 2, block, loadPoint.connections);
      for (const [order, arm] of shuffled(draw, plan.arms).entries()) {
        const trial = trials.length;
        trials.push({
          trial,
          block,
          burnIn: block < plan.burnInBlocks,
          order,
          arm,
          loadPoint,
          workloadSeed,
          setup: drawSetup(plan, trial, block),
        });
      }
    }
  }
  return trials;
}

function drawSetup(plan: Plan, trial: number, block: number): TrialSetup {
  const draw = seededDraw(deriveSeed(plan.seed, 3, trial));
  return {
    environmentPaddingBytes: drawBelow(draw, MAX_PADDING_BYTES),
    serverFirst: draw() < 0.5,
    hashSeed: 1 + drawBelow(draw, MAX_HASH_SEED),
    // The two CPUs are swapped every block, so that a slow one is shared fairly.
    ...(plan.pin && { serverCpu: block % 2, clientCpu: (block + 1) % 2 }),
  };
}
