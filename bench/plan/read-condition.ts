// Reads a condition on a metric, `[arm:]metric > limit`, whose limit carries a unit that fits its
// metric.

import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import type { Threshold, ThresholdOperator } from '../analysis/thresholds.ts';
import { KIB, MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';
import { inFlag, pickName, usageError } from './quantities.ts';

// Numbers have no more digits than a double keeps.
const pattern =
  /^(?:(?<arm>[^\s:<>=]+)\s*:\s*)?(?<id>[^\s:<>=]+)\s*(?<operator>[<>]=?)\s*(?<number>-?\d{1,15}(?:\.\d{1,15})?)\s*(?<unit>[^\s\d]\S*)?$/;

interface ConditionPlace {
  readonly flag: string;
  /** The metrics that may be named. */
  readonly metrics: readonly Metric[];
}

/**
 * Parses a metric with a limit in its unit, without checking that the arm exists; undefined for a
 * text of another form.
 */
export function readCondition(
  text: string,
  { flag, metrics }: ConditionPlace,
): Omit<Threshold, 'text'> | undefined {
  const parts = pattern.exec(text.trim())?.groups;
  if (parts === undefined) return undefined;
  const { arm, id = '', operator, number = '', unit = '' } = parts;
  const names = metrics.map((one) => one.id);
  const metric = inFlag(flag, text, () => pickName('metric', id, names));
  const limit = readLimit(metrics.find((one) => one.id === metric) as Metric, { number, unit });
  if (typeof limit !== 'number') throw usageError(flag, text, limit.wants);
  return { arm, metric, operator: operator as ThresholdOperator, limit };
}

const durations = { ns: 1, us: NS_PER_US, µs: NS_PER_US, ms: NS_PER_MS, s: NS_PER_S };
const PLAIN = { '': 1 };

/** Size of each unit in the metric's own unit; '' for a plain number. */
const unitsOf: Record<MetricUnit, Readonly<Record<string, number>>> = {
  ns: durations,
  'ns/token': durations,
  bytes: { B: 1, kB: 1000, KiB: KIB, MB: 1e6, MiB: MIB },
  'bytes/token': { B: 1 },
  ratio: { '%': 0.01, ...PLAIN },
  'tokens/s': PLAIN,
  'tokens/read': PLAIN,
  'calls/token': PLAIN,
  'segments/token': PLAIN,
  'opens/s': PLAIN,
  'starts/s': PLAIN,
  count: PLAIN,
};

function readLimit(
  { id, unit: metricUnit }: Metric,
  { number, unit }: { readonly number: string; readonly unit: string },
): number | { readonly wants: string } {
  const units = Object.entries<number>(unitsOf[metricUnit]);
  const size = units.find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  if (size === undefined)
    return {
      wants: `a limit of ${id} ${unitWords(units.map(([name]) => name))}, not ${number}${unit}`,
    };
  // 57 % is 0.57, not the 0.5700000000000001 of a multiplication: with >= that would be another
  // limit.
  return Number((Number(number) * size).toPrecision(15));
}

/** `in ns, us, µs, ms or s`; `in % or as a plain number`. */
function unitWords(names: readonly string[]): string {
  const named = names.filter((name) => name !== '');
  const plain = named.length < names.length ? ['as a plain number'] : [];
  const last = named.at(-1);
  const list =
    last === undefined
      ? []
      : [`in ${named.length === 1 ? last : `${named.slice(0, -1).join(', ')} or ${last}`}`];
  return [...list, ...plain].join(' or ');
}
