// Judges single checks of the selftest: pure functions of saved trials, so that each can be tested
// with made-up ones.

import assert from 'node:assert/strict';
import { amount, percent } from '../analysis/amounts.ts';
import { judgeControls } from '../analysis/arm-controls.ts';
import { compareMetric, type Evidence } from '../analysis/compare.ts';
import type { MeasuredArm } from '../analysis/measured-trials.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { halfWidth } from '../analysis/statistics/precision-stop.ts';
import { formatDifference, formatDifferenceEstimate, formatValue } from '../report/format.ts';

export interface Finding {
  /** The quantity that was checked, as a noun. */
  readonly subject: string;
  readonly expected: string;
  readonly found: string;
  /**
   * `too-noisy`: the interval is so wide that the check would have passed whatever had been
   * injected.
   */
  readonly outcome: 'passed' | 'failed' | 'too-noisy';
}

interface Pair {
  readonly plain: MeasuredArm;
  readonly injected: MeasuredArm;
}

/**
 * A selftest recovers some thirty effects: at this confidence chance alone fails one selftest in
 * thirty, at 95 % nearly every one.
 */
const RECOVERY_CONFIDENCE = 0.999;
/**
 * Limit on an interval's reach to either side, as a share of the effect; wider, it proves little:
 * half the effect could lie within it.
 */
const WIDEST_SHARE = 0.4;
/**
 * A selftest checks many metrics that must stay untouched, and each is to fail by chance no more
 * than once in a thousand.
 */
const UNTOUCHED_CONFIDENCE = 0.999;

export interface Recovery extends Pair {
  readonly metric: Metric;
  /**
   * Amount by which the metric must rise, in its unit: the injected one, as measured by the
   * injector itself.
   */
  readonly by: number | undefined;
  /** Uncertainty of `by`, as a share of it: 0 unless a comment at the place says why not better. */
  readonly uncertainty?: number;
}

/**
 * Whether the harness found an effect of known size: the truth must lie in the interval that is
 * printed.
 */
export function recovers({ metric, plain, injected, by, uncertainty = 0 }: Recovery): Finding {
  const evidence = compare(metric, { plain, injected });
  const subject = metric.title;
  if (by === undefined)
    return {
      subject,
      expected: 'what was injected',
      found: 'nothing was injected',
      outcome: 'failed',
    };
  const expected = `${formatDifference(by, metric.unit)}${uncertainty === 0 ? '' : ` within ${percent(uncertainty)}`}`;
  const differences = evidence.pairs.map((pair) => pair.other - pair.baseline);
  const half = halfWidth(differences, RECOVERY_CONFIDENCE);
  const { difference } = evidence;
  if (difference === undefined || half === undefined)
    return {
      subject,
      expected,
      found: `measured in ${evidence.pairs.length} blocks only`,
      outcome: 'failed',
    };
  const { value } = difference;
  const found = formatDifferenceEstimate(
    { ...difference, low: value - half, high: value + half },
    metric.unit,
  );
  if (half > WIDEST_SHARE * by) return { subject, expected, found, outcome: 'too-noisy' };
  return {
    subject,
    expected,
    found,
    outcome: Math.abs(value - by) <= half + uncertainty * by ? 'passed' : 'failed',
  };
}

/**
 * Whether the harness treated two arms alike in what it alone decides or, if it was broken on
 * purpose, whether the controls notice.
 */
export function controlsFind(
  expected: 'alike' | 'not alike',
  { plain, injected }: Pair,
  ids: readonly string[] = ['H9period', 'H9ready', 'H9tokens', 'H9starts'],
): readonly Finding[] {
  const gates = judgeControls(plain, injected) ?? [];
  return ids.map((id) => {
    const gate = gates.find((one) => one.id === id);
    if (gate === undefined)
      return {
        subject: `negative control ${id}`,
        expected,
        found: 'not judged',
        outcome: 'failed',
      };
    const isAlike = gate.state !== 'failed';
    return {
      subject: `negative control, ${gate.title}`,
      expected,
      found:
        gate.state === 'not-measured'
          ? 'not measured'
          : `${isAlike ? 'alike' : 'not alike'}: ${amount(gate.median ?? 0, gate.unit)}`,
      outcome:
        gate.state !== 'not-measured' && isAlike === (expected === 'alike') ? 'passed' : 'failed',
    };
  });
}

/**
 * Whether the effect left an unrelated metric untouched: no change beyond the margin may be shown,
 * at 99.9 %.
 */
export function isUntouched({
  metric,
  plain,
  injected,
}: Pair & { readonly metric: Metric }): Finding {
  const evidence = compare(metric, { plain, injected });
  const subject = metric.title;
  const expected = 'untouched';
  const found = describeChange(evidence);
  if (evidence.pairs.length < 2)
    return { subject, expected, found: 'not measured', outcome: 'failed' };
  if (metric.isExact === true) {
    // Both arms of a block have the same tokens: counted values must be equal, not similar.
    const isEqual = evidence.pairs.every((pair) => Math.abs(pair.other - pair.baseline) < 1e-9);
    return {
      subject,
      expected,
      found: isEqual ? 'equal' : found,
      outcome: isEqual ? 'passed' : 'failed',
    };
  }
  assert(
    evidence.scales.length > 0,
    `${metric.id} has a margin, or nothing could ever count as touched`,
  );
  const touched = evidence.scales.map(({ effect, margin, kind }) => {
    const values = evidence.pairs.map((pair) =>
      kind === 'ratio' ? Math.log(pair.other / pair.baseline) : pair.other - pair.baseline,
    );
    return (
      Math.abs(effect.mean) -
        (halfWidth(values, UNTOUCHED_CONFIDENCE) ?? Number.POSITIVE_INFINITY) >
      margin
    );
  });
  // A difference is relevant only if it is so on every scale that has a margin.
  return { subject, expected, found, outcome: touched.every(Boolean) ? 'failed' : 'passed' };
}

/** Whether a value that is not noisy stays on its side of a bound in every trial. */
export function staysBelow({
  metric,
  arm,
  limit,
}: {
  metric: Metric;
  arm: MeasuredArm;
  limit: number;
}): Finding {
  const values = arm.completed.flatMap((trial) => metric.value(trial) ?? []);
  const worst = values.length === 0 ? undefined : Math.max(...values);
  return {
    subject: metric.title,
    expected: `below ${formatValue(limit, metric.unit)}`,
    found: worst === undefined ? 'not measured' : `at most ${formatValue(worst, metric.unit)}`,
    outcome: worst !== undefined && worst < limit ? 'passed' : 'failed',
  };
}

/** Counts must agree to the last unit. */
export function countsExactly(
  subject: string,
  { expected, found }: { expected: number; found: number | undefined },
): Finding {
  return {
    subject,
    expected: String(expected),
    found: found === undefined ? 'not counted' : String(found),
    // A check with nothing injected would prove nothing.
    outcome: expected > 0 && found === expected ? 'passed' : 'failed',
  };
}

/** Swapping the arms must invert the ratio, and change nothing else. */
export function invertsWhenSwapped({
  metric,
  plain,
  injected,
}: Pair & { readonly metric: Metric }): Finding {
  const there = compare(metric, { plain, injected }).ratio;
  const back = compare(metric, { plain: injected, injected: plain }).ratio;
  const product = there === undefined || back === undefined ? undefined : there.value * back.value;
  return {
    subject: `${metric.title}, arms swapped`,
    expected: '1 / ratio',
    found:
      there === undefined || back === undefined
        ? 'no ratio'
        : `${there.value.toFixed(4)} and ${back.value.toFixed(4)}`,
    outcome: product !== undefined && Math.abs(product - 1) < 1e-9 ? 'passed' : 'failed',
  };
}

const SIGN_FLIP_SEED = 1;

export function compare(metric: Metric, { plain, injected }: Pair): Evidence {
  return compareMetric({ metric, baseline: plain, other: injected, seed: SIGN_FLIP_SEED });
}

function describeChange({ ratio, difference, metric }: Evidence): string {
  if (ratio !== undefined) return `× ${ratio.value.toFixed(3)}`;
  return formatDifference(difference?.value, metric.unit);
}
