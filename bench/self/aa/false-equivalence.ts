// Counts how often two arms that differ by exactly the margin would be called equivalent: adds the
// margin to one of the two arms in records of A/A runs, so the noise is a real machine's and no new
// run is needed.

import { compareMetric } from '../../analysis/compare.ts';
import type { MeasuredArm } from '../../analysis/measured-trials.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { mean } from '../../analysis/statistics/moments.ts';
import { whyNotMeasured } from '../../analysis/verdicts.ts';
import { isCopy } from '../../contract/arms/arms.ts';

const ALPHA = 0.05;
/** Seed of the sign-flip test, which decides nothing here. */
const SEED = 1;

export interface FalseEquivalences {
  /** Number called equivalent by their uncorrected p: in a run Holm's correction makes it rarer. */
  readonly called: number;
  readonly of: number;
}

/**
 * Tests one shift upwards and, unless it needs a value below zero, one downwards; none for an
 * endpoint that was not measured.
 */
export function countFalseEquivalences(
  metric: Metric,
  { baseline, copy }: { baseline: MeasuredArm; copy: MeasuredArm },
): FalseEquivalences {
  const values = baseline.completed.flatMap((trial) => metric.value(trial) ?? []);
  const shifts =
    values.length === 0
      ? []
      : [upToMargin(metric, mean(values)), downToMargin(metric, mean(values))];
  const calls = shifts.flatMap((shift) =>
    shift === undefined ? [] : (isCalledEquivalent(metric, shift, { baseline, copy }) ?? []),
  );
  return { called: calls.filter(Boolean).length, of: calls.length };
}

type Shift = (value: number) => number;

/** A difference is relevant only beyond both bounds, so the effect lies on the farther one. */
function upToMargin({ margin, scale }: Metric, typical: number): Shift | undefined {
  const absolute = margin?.absolute ?? 0;
  const ratio = scale === 'ratio' ? (margin?.ratio ?? 0) : 0;
  if (absolute === 0 && ratio === 0) return undefined;
  return ratio * typical >= absolute ? (value) => value * (1 + ratio) : (value) => value + absolute;
}

function downToMargin({ margin, scale }: Metric, typical: number): Shift | undefined {
  const absolute = margin?.absolute ?? 0;
  const ratio = scale === 'ratio' ? (margin?.ratio ?? 0) : 0;
  if (absolute === 0 && ratio === 0) return undefined;
  if (typical - typical / (1 + ratio) >= absolute) return (value) => value / (1 + ratio);
  return scale === 'ratio' && typical <= absolute ? undefined : (value) => value - absolute;
}

function isCalledEquivalent(
  metric: Metric,
  shift: Shift,
  { baseline, copy }: { readonly baseline: MeasuredArm; readonly copy: MeasuredArm },
): boolean | undefined {
  const shifted: Metric = {
    ...metric,
    value: (trial) => {
      const value = metric.value(trial);
      return value === undefined || !isCopy(trial.arm) ? value : shift(value);
    },
  };
  const evidence = compareMetric({ metric: shifted, baseline, other: copy, seed: SEED });
  return whyNotMeasured(evidence) === undefined && evidence.tostP !== undefined
    ? evidence.tostP < ALPHA
    : undefined;
}
