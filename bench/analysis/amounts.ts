// Renders numbers inside sentences with two or three significant digits, because a sentence conveys
// the size. Tables have more.

import { NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';
import type { MetricUnit } from './metrics/metric.ts';

/** `12 %`; the value is a fraction. */
export function percent(fraction: number): string {
  return `${digits(fraction * 100, 2)} %`;
}

/** A value of a metric or a gate with its unit, times scaled to what reads best. */
export function amount(value: number, unit: string): string {
  return renderers.get(unit)?.(value) ?? digits(value, 3);
}

const renderers: ReadonlyMap<string, (value: number) => string> = new Map<
  MetricUnit,
  (value: number) => string
>([
  ['ns', time],
  ['ns/token', (value) => `${time(value)} per token`],
  ['bytes', (value) => `${digits(value, 3)} bytes`],
  ['bytes/token', (value) => `${digits(value, 3)} bytes`],
  ['tokens/s', (value) => `${digits(value, 3)} tokens/s`],
  ['tokens/read', (value) => `${digits(value, 3)} tokens per read`],
  ['opens/s', (value) => `${digits(value, 3)} opens/s`],
  ['starts/s', (value) => `${digits(value, 3)} starts/s`],
  ['ratio', percent],
]);

/** `9 to 15 %`: a unit that both ends share is written once. */
export function span(low: string, high: string): string {
  const [, value, unit] = /^(\S+)( .*)$/.exec(low) ?? [];
  return unit !== undefined && high.endsWith(unit) ? `${value} to ${high}` : `${low} to ${high}`;
}

export function ratioText(value: number): string {
  return digits(value, 3);
}

/**
 * A whole number, its digits grouped from five on, as in the tables: `12 345` with a narrow space.
 */
export function wholeNumber(count: number): string {
  const text = String(count);
  return text.length < 5 ? text : text.replaceAll(/\B(?=(?:\d{3})+$)/g, '\u202F');
}

function time(ns: number): string {
  const size = Math.abs(ns);
  const [scale, name] =
    size >= NS_PER_S
      ? [NS_PER_S, 's']
      : size >= NS_PER_MS / 10
        ? [NS_PER_MS, 'ms']
        : size >= NS_PER_US
          ? [NS_PER_US, 'µs']
          : [1, 'ns'];
  return `${digits(ns / scale, 2)} ${name}`;
}

/** Uses a true minus sign and keeps all digits before the point: 1234 is not rounded to 1200. */
function digits(value: number, significant: number): string {
  const rounded =
    Math.abs(value) >= 10 ** significant
      ? Math.round(value)
      : Number(value.toPrecision(significant));
  return String(rounded).replace('-', '−');
}
