// Measures whole streams in a closed loop. Knows no statistics.

import { BenchError } from '../contract/errors.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredTrial, MeasureOptions } from './measure-trial.ts';

export type MeasuredCompletions = Pick<MeasuredTrial, 'specification'>;

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureCompletions(_planned: PlannedTrial, _options: MeasureOptions): Promise<MeasuredCompletions> {
  await Promise.resolve();
  throw new BenchError('USAGE', 'not built yet');
}
