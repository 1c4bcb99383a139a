// Makes another arm of a run its baseline: the others are compared with the plan's first arm.

import { armName } from '../../contract/arms/arms.ts';
import type { SavedRun } from '../../contract/run-file.ts';

/**
 * The same trials, with the named arm first in the plan. The hash of the plan stays that of the run
 * as it was measured.
 */
export function rebase(run: SavedRun, baseline: string): SavedRun {
  const { header } = run;
  const first = header.plan.arms.filter((arm) => armName(arm) === baseline);
  const others = header.plan.arms.filter((arm) => armName(arm) !== baseline);
  return { ...run, header: { ...header, plan: { ...header.plan, arms: [...first, ...others] } } };
}
