// What a ladder measured → the record that is saved, gates judged.

import { BenchError } from '../contract/errors.ts';
import type { LadderTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredLadder } from '../trial/ladder-trial.ts';

export function recordLadder(_planned: PlannedTrial, _measured: MeasuredLadder): LadderTrial {
  throw new BenchError('USAGE', 'not built yet');
}
