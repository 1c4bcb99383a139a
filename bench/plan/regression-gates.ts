// Reads `--fail-if-worse [metric:]margin`: a share of the old value, or an amount in the unit of
// the metric.

import type { RegressionGate, WorseMargin } from '../analysis/across/regression-gates.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { Metric } from '../analysis/metrics/metric.ts';
import { BenchError } from '../contract/errors.ts';
import { allMetrics } from '../scenarios/readings.ts';
import { inFlag, parseDuration, parseSize, pickName, usageError } from './quantities.ts';

const FLAG = '--fail-if-worse';

/**
 * One gate per text. @throws BenchError USAGE or UNKNOWN_NAME that names the flag and the value.
 */
export function parseRegressionGates(texts: readonly string[]): readonly RegressionGate[] {
  const gates = texts.map(parseGate);
  for (const [index, { metric }] of gates.entries()) {
    const isRepeated = gates.slice(0, index).some((earlier) => earlier.metric?.id === metric?.id);
    if (isRepeated)
      throw usageError(
        FLAG,
        texts[index] ?? '',
        `one margin ${metric === undefined ? 'for all metrics' : `for ${metric.id}`}`,
      );
  }
  return gates;
}

function parseGate(text: string): RegressionGate {
  const [, id, marginText = ''] = /^(?:([^:]*):)?(.*)$/s.exec(text.trim()) ?? [];
  const metric = id === undefined ? undefined : gatedMetric(text, id.trim());
  return { metric, margin: parseMargin(text, marginText.trim(), metric) };
}

function gatedMetric(text: string, id: string): Metric {
  const names = allMetrics.filter(({ better }) => better !== 'neither').map((metric) => metric.id);
  const metric = allMetrics.find((one) => one.id === id);
  if (metric?.better === 'neither') {
    throw new BenchError('USAGE', `${FLAG} ${text}: neither more nor less of ${id} is worse`, {
      hint: `of these it is: ${names.join(', ')}`,
    });
  }
  if (metric !== undefined) return metric;
  if (id === '') throw usageError(FLAG, text, '[metric:]margin, such as 5% or delivery.p99:2ms');
  const name = inFlag(FLAG, text, () => pickName('metric', id, names));
  return allMetrics.find((one) => one.id === name) as Metric;
}

function parseMargin(text: string, margin: string, metric: Metric | undefined): WorseMargin {
  const share = /^(\d{1,15}(?:\.\d{1,15})?)\s*%$/.exec(margin)?.[1];
  // 7 % is 0.07, not the 0.07000000000000001 of a multiplication.
  if (share !== undefined)
    return { kind: 'share', share: Number((Number(share) / 100).toPrecision(15)) };
  if (metric === undefined)
    throw usageError(
      FLAG,
      text,
      'a share such as 5%, or a metric with its margin, such as delivery.p99:2ms',
    );
  return { kind: 'amount', amount: amountReaders[metric.unit](text, margin) };
}

/** Parses a number followed by exactly this unit. */
const inUnit =
  (unit: string, size = 1) =>
  (text: string, margin: string): number => {
    const number = /^\d{1,15}(?:\.\d{1,15})?/.exec(margin)?.[0];
    if (
      number === undefined ||
      margin.slice(number.length).trim().toLowerCase() !== unit.toLowerCase()
    )
      throw usageError(
        FLAG,
        text,
        `a share such as 5%, or ${unit === '' ? 'a plain number' : `an amount in ${unit}`}`,
      );
    return Number((Number(number) * size).toPrecision(15));
  };

const duration = (text: string, margin: string): number =>
  inFlag(FLAG, text, () => parseDuration('margin', margin));
const size = (text: string, margin: string): number =>
  inFlag(FLAG, text, () => parseSize('margin', margin));

const amountReaders: Record<MetricUnit, (text: string, margin: string) => number> = {
  ns: duration,
  'ns/token': duration,
  bytes: size,
  // Tenths of a byte matter here, and sizes are whole.
  'bytes/token': inUnit('B'),
  // A share of a share would be ambiguous; percentage points are meant.
  ratio: inUnit('pp', 0.01),
  'tokens/s': inUnit('tokens/s'),
  'tokens/read': inUnit('tokens/read'),
  'calls/token': inUnit('calls/token'),
  'segments/token': inUnit('segments/token'),
  'opens/s': inUnit('opens/s'),
  'starts/s': inUnit('starts/s'),
  count: inUnit(''),
};
