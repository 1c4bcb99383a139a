// Finds the A/A pair: the baseline and the arm that repeats it under another name, through the same
// code path. Any difference between the two is noise, so the copy is measured like any arm but is
// in no comparison.

import { armName, isCopy, type Arm } from '../contract/arms/arms.ts';

/**
 * Whether the arm repeats the baseline. A copy of some other arm shows nothing about this
 * baseline's noise.
 */
export function isCopyOf(baseline: Arm, arm: Arm): boolean {
  return isCopy(arm) && describeSetUp(arm) === describeSetUp(baseline);
}

/** The second arm of the A/A pair; undefined without one. */
export function findCopy(arms: readonly Arm[]): Arm | undefined {
  const [baseline, ...others] = arms;
  return baseline && others.find((arm) => isCopyOf(baseline, arm));
}

/** All fields of an arm that take part in a trial; its label does not. */
function describeSetUp(arm: Arm): string {
  return JSON.stringify([armName({ ...arm, label: undefined }), arm.injection]);
}
