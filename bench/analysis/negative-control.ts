// TCP connect is the same work in every arm: the kernel does it before any transport begins. A
// difference there is a fault of the harness, so that opening and first token, which are measured
// from the same moment on, are in doubt too.

import type { Warning } from '../contract/run-file.ts';
import { pairName } from './compared-pairs.ts';
import type { ArmComparison } from './comparisons.ts';

const CONTROL = 'connect.p50';
const MEASURED_FROM_CONNECT: ReadonlySet<string> = new Set(['open.p50', 'ttft.overhead.p50']);
/** A smaller difference is not worth a warning, even if it is shown. */
const NEGLIGIBLE_RATIO = 1.05;

/** The comparisons of one load point, with a warning when the control of the same arms failed. */
export function applyNegativeControl(
  comparisons: readonly ArmComparison[],
): readonly ArmComparison[] {
  const failed = new Map(
    comparisons.flatMap((comparison) => {
      const warning = comparison.metric === CONTROL ? warnOfControl(comparison) : undefined;
      return warning === undefined ? [] : [[pairOf(comparison), warning] as const];
    }),
  );
  return comparisons.map((comparison) => {
    const warning = MEASURED_FROM_CONNECT.has(comparison.metric)
      ? failed.get(pairOf(comparison))
      : undefined;
    return warning === undefined
      ? comparison
      : { ...comparison, warnings: [...comparison.warnings, warning] };
  });
}

function pairOf({ otherArm, baselineArm = '' }: ArmComparison): string {
  return pairName({ baseline: baselineArm, other: otherArm });
}

function warnOfControl({ ratio }: ArmComparison): Warning | undefined {
  if (ratio?.low === undefined || ratio.high === undefined) return undefined;
  const leavesOutOne = ratio.low > 1 || ratio.high < 1;
  if (!leavesOutOne || Math.max(ratio.value, 1 / ratio.value) < NEGLIGIBLE_RATIO) return undefined;
  const interval = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)}`;
  return {
    code: 'negative-control',
    message: `the negative control failed: TCP connect, the same work in both arms, differs by a factor of ${ratio.value.toFixed(2)} (95 % interval ${interval})`,
  };
}
