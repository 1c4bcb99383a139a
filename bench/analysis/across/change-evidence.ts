// Gathers the evidence on one metric of one arm in two runs, before any verdict. The runs are
// independent samples, so the trials of one have no partner in the other, except for counted
// metrics.

import type { FinishedTrial } from '../../contract/run-file.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { MeasuredArm } from '../measured-trials.ts';
import type { Margin, Metric } from '../metrics/metric.ts';
import { estimateMean } from '../statistics/estimate.ts';
import { welchEffect, welchTostP, type WelchEffect } from '../statistics/welch-t.ts';

/** The same arm at the same load point in two runs. */
export interface ArmOfTwoRuns {
  readonly old: MeasuredArm;
  readonly new: MeasuredArm;
}

export interface TwoSides {
  readonly old: readonly number[];
  readonly new: readonly number[];
}

/** A scale on which the margin holds, with the effect on it; logarithms for ratios. */
export interface MarginScale {
  readonly effect: WelchEffect;
  readonly margin: number;
}

export interface ChangeEvidence {
  readonly metric: Metric;
  readonly arm: ArmOfTwoRuns;
  readonly values: TwoSides;
  /**
   * True for a counted metric over equal workloads: values are compared directly, and there is
   * nothing to test.
   */
  readonly isCounted: boolean;
  readonly isRatio: boolean;
  readonly old: Estimate | undefined;
  readonly new: Estimate | undefined;
  readonly ratio: Estimate | undefined;
  readonly difference: Estimate | undefined;
  readonly scales: readonly MarginScale[];
  /** undefined with fewer than two values on a side, and for counted metrics. */
  readonly p: number | undefined;
  readonly tostP: number | undefined;
}

export function gatherChange(metric: Metric, arm: ArmOfTwoRuns): ChangeEvidence {
  const counted =
    metric.isExact === true && metric.dependsOnTiming !== true
      ? sharedWorkloads(metric, arm)
      : undefined;
  const values = counted ?? {
    old: valuesOf(metric, arm.old.completed),
    new: valuesOf(metric, arm.new.completed),
  };
  const isRatio =
    metric.scale === 'ratio' && [...values.old, ...values.new].every((value) => value > 0);
  const scale = isRatio ? 'ratio' : 'difference';
  const sides = {
    metric,
    arm,
    values,
    isRatio,
    old: estimateMean(values.old, scale),
    new: estimateMean(values.new, scale),
  };
  if (counted !== undefined || values.old.length < 2 || values.new.length < 2) {
    return {
      ...sides,
      isCounted: counted !== undefined,
      ...withoutInterval(values, isRatio),
      scales: [],
      p: undefined,
      tostP: undefined,
    };
  }
  const plain = effectOf(values);
  const logarithmic = isRatio
    ? effectOf({ old: values.old.map(Math.log), new: values.new.map(Math.log) })
    : undefined;
  const scales = marginScales(metric.margin, logarithmic, plain);
  return {
    ...sides,
    isCounted: false,
    ratio: logarithmic && estimateOf(logarithmic, values, Math.exp),
    difference: estimateOf(plain, values, (value) => value),
    scales,
    p: (logarithmic ?? plain).p,
    tostP: overScales(scales),
  };
}

function valuesOf(metric: Metric, trials: readonly FinishedTrial[]): readonly number[] {
  return trials.map((trial) => metric.value(trial)).filter((value) => value !== undefined);
}

/**
 * The values of trials that received the same tokens, side by side; undefined when the runs drew
 * different ones.
 */
function sharedWorkloads(metric: Metric, arm: ArmOfTwoRuns): TwoSides | undefined {
  const oldBySeed = new Map(
    arm.old.completed.map((trial) => [trial.workloadSeed, metric.value(trial)]),
  );
  const shared = arm.new.completed.flatMap((trial) => {
    const [before, after] = [oldBySeed.get(trial.workloadSeed), metric.value(trial)];
    return before === undefined || after === undefined ? [] : [{ before, after }];
  });
  return shared.length === 0
    ? undefined
    : { old: shared.map(({ before }) => before), new: shared.map(({ after }) => after) };
}

function effectOf({ old, new: recent }: TwoSides): WelchEffect {
  return welchEffect({ first: old, second: recent });
}

function estimateOf(
  effect: WelchEffect,
  values: TwoSides,
  turn: (value: number) => number,
): Estimate {
  const { low, high } = effect.interval95;
  return {
    value: turn(effect.mean),
    low: turn(low),
    high: turn(high),
    trials: values.old.length + values.new.length,
  };
}

function withoutInterval(
  { old, new: recent }: TwoSides,
  isRatio: boolean,
): Pick<ChangeEvidence, 'ratio' | 'difference'> {
  const of = (scale: 'ratio' | 'difference'): Estimate | undefined => {
    const [before, after] = [estimateMean(old, scale)?.value, estimateMean(recent, scale)?.value];
    if (before === undefined || after === undefined) return undefined;
    const value = scale === 'ratio' ? after / before : after - before;
    return { value, low: undefined, high: undefined, trials: old.length + recent.length };
  };
  return { ratio: isRatio ? of('ratio') : undefined, difference: of('difference') };
}

function marginScales(
  margin: Margin | undefined,
  logarithmic: WelchEffect | undefined,
  plain: WelchEffect,
): MarginScale[] {
  const scales: MarginScale[] = [];
  if (margin?.ratio !== undefined && logarithmic !== undefined)
    scales.push({ effect: logarithmic, margin: Math.log1p(margin.ratio) });
  if (margin?.absolute !== undefined) scales.push({ effect: plain, margin: margin.absolute });
  return scales;
}

/**
 * A change that is negligible on either scale is negligible; Bonferroni-corrected, because there
 * are two chances.
 */
function overScales(scales: readonly MarginScale[]): number | undefined {
  if (scales.length === 0) return undefined;
  return Math.min(
    1,
    scales.length * Math.min(...scales.map(({ effect, margin }) => welchTostP(effect, margin))),
  );
}
