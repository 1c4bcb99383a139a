// Measures one ladder of connections: memory from outside and inside on every rung, up and down. Knows no statistics.

import { BenchError } from '../contract/errors.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredTrial, MeasureOptions } from './measure-trial.ts';

export type MeasuredLadder = Pick<MeasuredTrial, 'specification'>;

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureLadder(_planned: PlannedTrial, _options: MeasureOptions): Promise<MeasuredLadder> {
  await Promise.resolve();
  throw new BenchError('USAGE', 'not built yet');
}
