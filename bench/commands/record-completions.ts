// What a closed loop of whole streams measured → the record that is saved, gates judged.

import { BenchError } from '../contract/errors.ts';
import type { CompletionsTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasuredCompletions } from '../trial/completions-trial.ts';

export function recordCompletions(_planned: PlannedTrial, _measured: MeasuredCompletions): CompletionsTrial {
  throw new BenchError('USAGE', 'not built yet');
}
