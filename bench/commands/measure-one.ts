// Measures and records one planned trial by the procedure of its plan. The seam between measuring, which knows no statistics,
// and analysis, which knows no processes.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { measureBrowserLimits } from '../scenarios/procedures/page/measure.ts';
import { measureCompletions } from '../scenarios/procedures/closed-loop/measure.ts';
import { measureFaultTrial } from '../scenarios/procedures/fault/measure.ts';
import { measureLadder } from '../scenarios/procedures/ladder/measure.ts';
import { measureTrial, type MeasureOptions } from '../scenarios/procedures/steady/measure.ts';
import { recordBrowserLimits } from '../scenarios/procedures/page/record.ts';
import { recordCompletions } from '../scenarios/procedures/closed-loop/record.ts';
import { recordLadder } from '../scenarios/procedures/ladder/record.ts';
import { recordRecovery } from '../scenarios/procedures/fault/record.ts';
import { recordTrial } from '../scenarios/procedures/steady/record.ts';
import { searchCapacity } from '../scenarios/procedures/search/procedure.ts';

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
