// Whether a voice session works over an arm at a load point, by a rule that was fixed beforehand:
// in each direction at most one frame in a hundred may be late.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { ArmValues } from '../../report/arm-estimates.ts';

/** Late frames of a direction with which speech is still understood: a declared limit. */
export const MOST_LATE = 0.01;

export type Working =
  | { readonly state: 'works' | 'fails'; readonly lateUp: number; readonly lateDown: number }
  /** No trial was valid, or none completed. */
  | { readonly state: 'unknown'; readonly why: string };

/** Gates of the arm that failed decide first: what a disturbed trial shows is no property of the arm. */
export function sessionsWork(point: LoadPointAnalysis, { valueOf, arm }: ArmValues): Working {
  const own = point.arms.find((one) => one.arm === arm);
  if (own === undefined || own.completed === 0)
    return { state: 'unknown', why: 'no trial completed' };
  const failed = point.gates.filter(
    (gate) => gate.arm === own.name && gate.state === 'failed' && gate.kind !== 'environment',
  );
  if (failed.length > 0)
    return {
      state: 'unknown',
      why: `${failed.some(({ kind }) => kind === 'correctness') ? 'INVALID' : 'HARNESS-LIMITED'}: ${failed.map(({ title }) => title).join('; ')}`,
    };
  const [lateUp, lateDown] = [valueOf('late.up'), valueOf('late.down')];
  if (lateUp === undefined || lateDown === undefined)
    return { state: 'unknown', why: 'no frame was due in the window' };
  return { state: Math.max(lateUp, lateDown) <= MOST_LATE ? 'works' : 'fails', lateUp, lateDown };
}
