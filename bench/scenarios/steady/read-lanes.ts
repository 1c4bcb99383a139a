// Reads the lanes of one stream from the stamps that a run kept, if it did.

import { laneOf, type LanesAtLoad, type StreamLane } from '../../analysis/stream-lanes.ts';
import { isSteady, selectMeasured } from '../../analysis/measured-trials.ts';
import { BenchError } from '../../contract/errors.ts';
import type { CompletedTrial, Plan, SavedRun } from '../../contract/run-file.ts';
import { readTrialStamps } from './trial-stamps.ts';

export interface Lanes {
  readonly loads: readonly LanesAtLoad[];
  /** Sentences on what has no lanes, and why. */
  readonly missing: readonly string[];
}

/** The first measured block that all arms of a load point completed. */
export function readLanes(run: SavedRun): Lanes {
  const { plan } = run.header;
  if (!plan.keepStamps)
    return { loads: [], missing: ['The run kept no stamps: `--stamps` keeps them.'] };
  if ((plan.clientProcesses ?? 1) > 1 || (plan.serverProcesses ?? 1) > 1)
    return { loads: [], missing: ['Stamps of several processes are not drawn.'] };
  const missing = new Set<string>();
  const loads = selectMeasured(run).flatMap(({ loadPoint, arms }) => {
    const block = firstBlock(arms.map(({ completed }) => completed.filter(isSteady)));
    if (block === undefined) return [];
    const lanes = arms.flatMap(({ name, completed }): StreamLane[] => {
      const trial = completed.filter(isSteady).find((one) => one.block === block);
      if (trial === undefined) return [];
      try {
        const lane = readLane(run.folder, trial, plan);
        return lane === undefined ? [] : [{ arm: name, trial: trial.trial, ...lane }];
      } catch (error) {
        if (!(error instanceof BenchError)) throw error;
        missing.add(`Trial ${trial.trial} is not drawn: ${error.message}.`);
        return [];
      }
    });
    return lanes.length === 0 ? [] : [{ loadPoint, lanes }];
  });
  return { loads, missing: [...missing] };
}

/** The first block with a trial of every arm, or else of any. */
function firstBlock(trials: readonly (readonly CompletedTrial[])[]): number | undefined {
  const blocks = [...new Set(trials.flat().map(({ block }) => block))].toSorted((a, b) => a - b);
  const whole = blocks.find((block) =>
    trials.every((own) => own.some((trial) => trial.block === block)),
  );
  return whole ?? blocks[0];
}

function readLane(folder: string, trial: CompletedTrial, plan: Plan): ReturnType<typeof laneOf> {
  const { specification, ...stamps } = readTrialStamps(folder, trial, plan);
  const { warmupNs, windowNs, timetable } = specification;
  return laneOf({
    ...stamps,
    isOnTimetable: timetable !== undefined,
    windowStartNs: warmupNs,
    windowEndNs: warmupNs + windowNs,
  });
}
