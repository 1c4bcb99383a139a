// Formats values and limits of gates as text: a gate states its unit.

import type { Gate } from '../../contract/run-file.ts';
import { formatCount, formatNumber, formatPercent, formatSetting, formatValue } from '../format.ts';

export function gateValue(value: number | undefined, unit: string): string {
  const format = gateFormats[unit as Gate['unit']] ?? formatNumber;
  return format(value);
}

export function limitText(limit: number, unit: string): string {
  return unit === 'ratio' || unit === 'ns' || unit === 'bytes'
    ? formatSetting(limit, unit)
    : formatNumber(limit);
}

const gateFormats: Record<Gate['unit'], (value: number | undefined) => string> = {
  ratio: (value) => formatPercent(value),
  ns: (value) => formatValue(value, 'ns'),
  bytes: (value) => formatValue(value, 'bytes'),
  count: formatCount,
  statistic: formatNumber,
};
