// Lists the factors drawn for each trial alone and saved with it, so that an effect of the set-up
// can be looked for later.

import type { FinishedTrial, SavedRun } from '../contract/run-file.ts';
import type { SetupFactor } from './analysis.ts';
import { isFinished } from './measured-trials.ts';

const factors: readonly (readonly [SetupFactor, (trial: FinishedTrial) => unknown])[] = [
  ['environmentPadding', ({ setup }) => setup.environmentPaddingBytes],
  ['hashSeed', ({ setup }) => setup.hashSeed],
  ['randomSeed', ({ setup }) => setup.randomSeed],
  ['workingDirectory', ({ setup }) => setup.workingDirectoryBytes],
  ['serverFirst', ({ setup }) => setup.serverFirst],
  ['cpus', ({ setup }) => setup.serverCpu],
  ['port', ({ serverPort }) => serverPort],
];

/** Factors for which every completed trial of the run has a value; empty without such a trial. */
export function recordedFactors({ trials }: SavedRun): readonly SetupFactor[] {
  const completed = trials.filter(isFinished);
  if (completed.length === 0) return [];
  return factors
    .filter(([, value]) => completed.every((trial) => value(trial) !== undefined))
    .map(([factor]) => factor);
}
