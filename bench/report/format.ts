// The only place where nanoseconds and bytes become readable. Unknown (undefined, or a number that
// is not finite, which JSON keeps as null) is printed as a dash, never as zero.

import type { Estimate } from '../analysis/statistics/estimate.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import { KIB, MIB, NS_PER_MS, NS_PER_S, NS_PER_US } from '../contract/units.ts';

export const UNKNOWN = '–';

const MINUS = '−';
/** A narrow no-break space, with which ISO 80000-1 groups digits. */
const THIN_SPACE = '\u202F';
const SIGNIFICANT_DIGITS = 3;

interface Scale {
  /** Base units (ns, bytes, 1) in one of this unit. */
  readonly size: number;
  /** Unit symbol with its leading space. */
  readonly suffix: string;
}

const durations: readonly Scale[] = [
  { size: NS_PER_S, suffix: ' s' },
  { size: NS_PER_MS, suffix: ' ms' },
  { size: NS_PER_US, suffix: ' µs' },
  { size: 1, suffix: ' ns' },
];
const sizes: readonly Scale[] = [
  { size: MIB, suffix: ' MiB' },
  { size: KIB, suffix: ' KiB' },
  { size: 1, suffix: ' B' },
];

/**
 * Largest unit first. Units per token or read are printed without that part: the metric's title
 * says it.
 */
const scales: Record<MetricUnit, readonly Scale[]> = {
  ns: durations,
  'ns/token': durations,
  bytes: sizes,
  'bytes/token': [{ size: 1, suffix: ' B' }],
  ratio: [{ size: 0.01, suffix: ' %' }],
  'tokens/s': [{ size: 1, suffix: ' tokens/s' }],
  'tokens/read': [{ size: 1, suffix: '' }],
  'calls/token': [{ size: 1, suffix: '' }],
  'segments/token': [{ size: 1, suffix: '' }],
  'opens/s': [{ size: 1, suffix: ' opens/s' }],
  'starts/s': [{ size: 1, suffix: ' starts/s' }],
  count: [{ size: 1, suffix: '' }],
};

/**
 * Three significant digits in the unit that suits the size: `12.3 µs`, `1.20 KiB`, `38.1 B`, `59.8
 * %`.
 */
export function formatValue(value: number | undefined, unit: MetricUnit): string {
  if (!isKnown(value)) return UNKNOWN;
  const scale = scaleOf(value, unit);
  return fixed(value / scale.size, decimalsOf(value, scale, unit)) + scale.suffix;
}

/** A value that is a difference: with its sign, and a share in percentage points. */
export function formatDifference(value: number | undefined, unit: MetricUnit): string {
  if (!isKnown(value)) return UNKNOWN;
  return (value > 0 ? '+' : '') + asPoints(formatValue(value, unit), unit);
}

/** `12.3 [11.8, 12.9] µs`: one unit and one number of decimals for all three, set by the value. */
export function formatEstimate(estimate: Estimate | undefined, unit: MetricUnit): string {
  if (!isKnown(estimate?.value)) return UNKNOWN;
  const { value, low, high } = estimate;
  if (!isKnown(low) || !isKnown(high)) return formatValue(value, unit);
  // Near zero the value may be arbitrarily small: then the width of the interval says how many
  // digits mean anything.
  const reference = low <= 0 && high >= 0 ? Math.max(Math.abs(value), (high - low) / 2) : value;
  const scale = scaleOf(reference, unit);
  const decimals = decimalsOf(reference, scale, unit);
  const scaled = (number: number): string => fixed(number / scale.size, decimals);
  return withInterval(scaled(value), scaled(low), scaled(high)) + scale.suffix;
}

/** A difference with its interval: the value carries its sign. */
export function formatDifferenceEstimate(estimate: Estimate | undefined, unit: MetricUnit): string {
  if (!isKnown(estimate?.value)) return UNKNOWN;
  return (estimate.value > 0 ? '+' : '') + asPoints(formatEstimate(estimate, unit), unit);
}

/** `0.872`, or `0.872 [0.851, 0.893]` when there is an interval. */
export function formatRatio(ratio: Pick<Estimate, 'value' | 'low' | 'high'> | undefined): string {
  if (!isKnown(ratio?.value)) return UNKNOWN;
  const { value, low, high } = ratio;
  const decimals = value < 10 ? 3 : value < 100 ? 2 : 1;
  if (!isKnown(low) || !isKnown(high)) return fixed(value, decimals);
  return withInterval(fixed(value, decimals), fixed(low, decimals), fixed(high, decimals));
}

/** A share as `59.8 %`; `significant` 2 gives the round figures of a sentence: `12 %`. */
export function formatPercent(
  share: number | undefined,
  significant: number = SIGNIFICANT_DIGITS,
): string {
  if (!isKnown(share)) return UNKNOWN;
  const percent = share * 100;
  return `${fixed(percent, decimalsFor(percent, significant))} %`;
}

/** `0.0010`, `0.34`, `< 0.001`. */
export function formatP(p: number | undefined): string {
  if (!isKnown(p)) return UNKNOWN;
  if (p < 0.001) return '< 0.001';
  return p.toFixed(p < 0.1 ? 4 : 2);
}

/** A whole number, its digits grouped from five on: `12 345`. */
export function formatCount(count: number | undefined): string {
  return isKnown(count) ? fixed(Math.round(count), 0) : UNKNOWN;
}

/** A plain number without a unit, three significant digits. */
export function formatNumber(value: number | undefined): string {
  return isKnown(value) ? fixed(value, decimalsFor(value, SIGNIFICANT_DIGITS)) : UNKNOWN;
}

/**
 * A value that was chosen, not measured (a setting, a limit, a label of an axis): `10 s`, `2.5 ms`,
 * no trailing zeros.
 */
export function formatSetting(value: number, unit: MetricUnit): string {
  if (value === 0) return '0';
  const scale = scaleOf(value, unit);
  return String(Number((value / scale.size).toPrecision(SIGNIFICANT_DIGITS))) + scale.suffix;
}

/** Wall time as people say it: `48 s`, `6 min 12 s`, `2 h 5 min`. */
export function formatWallTime(ns: number | undefined): string {
  if (!isKnown(ns)) return UNKNOWN;
  const seconds = Math.round(ns / NS_PER_S);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? twoParts(minutes, 'min', seconds % 60, 's')
    : twoParts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function twoParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return `${large} ${largeUnit}${small === 0 ? '' : ` ${small} ${smallUnit}`}`;
}

/** Exact numbers have an interval of no width; it is not printed. */
function withInterval(value: string, low: string, high: string): string {
  return low === value && high === value ? value : `${value} [${low}, ${high}]`;
}

function isKnown(value: number | null | undefined): value is number {
  return value !== undefined && value !== null && Number.isFinite(value);
}

function scaleOf(value: number, unit: MetricUnit): Scale {
  // Rounded first, or 999.96 µs would print as 1000 µs.
  const rounded = Math.abs(Number(value.toPrecision(SIGNIFICANT_DIGITS)));
  const all = scales[unit];
  return all.find((scale) => rounded >= scale.size) ?? (all.at(-1) as Scale);
}

function decimalsOf(value: number, scale: Scale, unit: MetricUnit): number {
  const scaled = Math.abs(value / scale.size);
  // Bytes per token are sums over many tokens: a tenth of a byte is real, and 38 B against 38.1 B
  // must not look equal.
  if (unit === 'bytes/token') return scaled < 10 ? 2 : 1;
  if (unit === 'bytes' && scale.size === 1) return 0;
  // The value is near 1, and its excess over 1 is the information.
  if (unit === 'tokens/read') return 3;
  if (unit === 'count' && Number.isInteger(value)) return 0;
  return decimalsFor(scaled, SIGNIFICANT_DIGITS);
}

/** At most four, so that a value near zero prints as 0.000 instead of a row of digits. */
function decimalsFor(value: number, significant: number): number {
  if (value === 0) return 0;
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(significant)))));
  return Math.min(4, Math.max(0, significant - 1 - magnitude));
}

function fixed(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals);
  const [whole = '', fraction] = digits.split('.');
  const grouped = whole.length < 5 ? whole : whole.replaceAll(/\B(?=(?:\d{3})+$)/g, THIN_SPACE);
  const isNegative = value < 0 && Number(digits) !== 0;
  return (isNegative ? MINUS : '') + grouped + (fraction === undefined ? '' : `.${fraction}`);
}

/** The difference of two shares is in percentage points, not percent. */
function asPoints(text: string, unit: MetricUnit): string {
  return unit === 'ratio' ? text.replace(/%$/, 'pp') : text;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
