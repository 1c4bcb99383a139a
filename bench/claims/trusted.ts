// Why the numbers of a run may not decide a claim. It is stricter than a verdict: counted bytes
// keep their verdict where the load process was late, and decide no claim there.

import { armName } from '../contract/arms/arms.ts';
import type { Analysis, GateSummary, LoadPointAnalysis } from '../analysis/analysis.ts';

/** Undefined for a run that may bear on claims. */
export function whyUnread({ plan, pilot }: Analysis): string | undefined {
  const injected = plan.arms.find(({ injection }) => injection !== undefined);
  if (injected !== undefined) return `an effect was injected into ${armName(injected)}`;
  return pilot === undefined ? undefined : 'a pilot compares nothing';
}

/** Why the trials of these arms settle nothing, though they are right; undefined where they may. */
export function whyUnsettled(
  { plan }: Analysis,
  { arms }: Pick<LoadPointAnalysis, 'arms'>,
  names: readonly string[],
): string | undefined {
  if (!plan.verdicts) return 'this plan is too short to support a verdict';
  const failed = arms
    .filter(({ name }) => names.includes(name))
    .reduce((sum, arm) => sum + arm.failed, 0);
  if (failed === 0) return undefined;
  return failed === 1
    ? '1 trial failed, and may be one that matters'
    : `${failed} trials failed, and may be those that matter`;
}

/** The first missed gate among these arms, in words; undefined without one. */
export function missedGate(
  { gates }: Pick<LoadPointAnalysis, 'gates'>,
  arms: readonly string[],
): string | undefined {
  const missed = gates.find(
    ({ state, arm, against }) =>
      state === 'failed' && arms.includes(arm) && (against === undefined || arms.includes(against)),
  );
  return missed && gateWords(missed);
}

function gateWords({ id, title, arm, missed, trials }: GateSummary): string {
  return `gate ${id} (${title}) was missed by ${arm} in ${missed} of ${trials} trials`;
}
