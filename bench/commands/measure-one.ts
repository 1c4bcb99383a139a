// Measures and records one planned trial by the procedure of its plan. The seam between measuring, which knows no statistics,
// and analysis, which knows no processes.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { measureBrowserLimits } from '../trial/browser-limits-trial.ts';
import { measureCompletions } from '../trial/completions-trial.ts';
import { measureFaultTrial } from '../trial/fault-trial.ts';
import { measureLadder } from '../trial/ladder-trial.ts';
import { measureTrial, type MeasureOptions } from '../trial/measure-trial.ts';
import { recordBrowserLimits } from './record-browser-limits.ts';
import { recordCompletions } from './record-completions.ts';
import { recordLadder } from './record-ladder.ts';
import { recordRecovery } from './record-recovery.ts';
import { recordTrial } from './record-trial.ts';
import { searchCapacity } from './search-capacity.ts';

/** @throws BenchError for anything that makes the trial a failed one. */
export async function measureOne(planned: PlannedTrial, options: MeasureOptions): Promise<FinishedTrial> {
  const { plan } = options;
  if (plan.recovery !== undefined) return recordRecovery(planned, await measureFaultTrial(planned, options), plan);
  if (plan.ladder !== undefined) return recordLadder(planned, await measureLadder(planned, options));
  if (plan.search !== undefined) return await searchCapacity(planned, options);
  if (plan.completions !== undefined) return recordCompletions(planned, await measureCompletions(planned, options));
  if (plan.browserLimits !== undefined) return recordBrowserLimits(planned, await measureBrowserLimits(planned, options));
  return recordTrial(planned, await measureTrial(planned, options));
}
