// Places the ticks of an axis and formats their labels. Labels are made here, by the report's
// formatter, not by Vega.

import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { formatSetting } from '../format.ts';

const LINEAR_STEPS = [1, 2, 5, 10];

/** Multiples of 1, 2 or 5 times a power of ten that lie in [low, high], about `count` of them. */
export function linearTicks(low: number, high: number, count = 5): readonly number[] {
  if (!(high > low)) return [low];
  const power = 10 ** Math.floor(Math.log10((high - low) / count));
  const step =
    power * (LINEAR_STEPS.find((factor) => factor * power * (count + 1) >= high - low) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => tidy((first + index) * step));
}

/** Ticks from zero to the first one that is not below `high`. */
export function ticksFromZero(high: number): readonly number[] {
  const ticks = linearTicks(0, high);
  const [, step = high] = ticks;
  const last = ticks.at(-1) ?? 0;
  return last < high ? [...ticks, tidy(last + step)] : ticks;
}

/**
 * 1, 2, 5 of every decade, or only the decades when there are more than three, from below `low` to
 * above `high` (both > 0).
 */
export function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low);
  const factors = decades > 3 ? [1] : [1, 2, 5];
  const all: number[] = [];
  // One decade more at either end, because a logarithm just below a whole number may be rounded to
  // it.
  for (
    let exponent = Math.floor(Math.log10(low)) - 1;
    exponent <= Math.ceil(Math.log10(high)) + 1;
    exponent++
  )
    for (const factor of factors) all.push(tidy(factor * 10 ** exponent));
  const first = all.findLastIndex((tick) => tick <= low);
  const last = all.findIndex((tick) => tick >= high);
  return all.slice(Math.max(0, first), last === -1 ? undefined : last + 1);
}

/** A Vega expression that looks up the label of a tick. */
export function labelLookup(labels: readonly (readonly [tick: number, label: string])[]): string {
  return `(${JSON.stringify(Object.fromEntries(labels))})[datum.value]`;
}

/** Labels of measured quantities. */
export function unitLabels(ticks: readonly number[], unit: MetricUnit): string {
  return labelLookup(ticks.map((tick) => [tick, formatSetting(tick, unit)]));
}

/** Steps like 0.1 add up to 0.30000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
