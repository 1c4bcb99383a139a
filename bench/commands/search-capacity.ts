// One search for the most streams at the objective: steps, each a whole steady trial in fresh processes, chosen by what the
// steps before it showed.

import { BenchError } from '../contract/errors.ts';
import type { SearchedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasureOptions } from '../trial/measure-trial.ts';

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function searchCapacity(_planned: PlannedTrial, _options: MeasureOptions): Promise<SearchedTrial> {
  await Promise.resolve();
  throw new BenchError('USAGE', 'not built yet');
}
