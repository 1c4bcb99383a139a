// Measures and records one planned trial by the procedure of its plan.

import type { FinishedTrial } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { runner as closedLoop } from '../scenarios/procedures/closed-loop/procedure.ts';
import { runner as fault } from '../scenarios/procedures/fault/procedure.ts';
import { runner as ladder } from '../scenarios/procedures/ladder/procedure.ts';
import { runner as page } from '../scenarios/procedures/page/procedure.ts';
import { searchCapacity } from '../scenarios/procedures/search/procedure.ts';
import { runner as steady } from '../scenarios/procedures/steady/procedure.ts';
import type { MeasureOptions } from '../trial/procedure.ts';

/** @throws BenchError for anything that makes the trial a failed one. */
export async function measureOne(planned: PlannedTrial, options: MeasureOptions): Promise<FinishedTrial> {
  const { plan } = options;
  if (plan.recovery !== undefined) return await fault.run(planned, options);
  if (plan.ladder !== undefined) return await ladder.run(planned, options);
  if (plan.search !== undefined) return await searchCapacity(planned, options);
  if (plan.completions !== undefined) return await closedLoop.run(planned, options);
  if (plan.browserLimits !== undefined) return await page.run(planned, options);
  return await steady.run(planned, options);
}
