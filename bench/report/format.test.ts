import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatDifference,
  formatDifferenceEstimate,
  formatEstimate,
  formatNumber,
  formatP,
  formatPercent,
  formatRatio,
  formatSetting,
  formatValue,
  formatWallTime,
} from './format.ts';

const estimate = (value: number, low: number, high: number) => ({ value, low, high, trials: 12 });

describe('formatValue', () => {
  it.each([
    [0, '0 ns'],
    [7, '7.00 ns'],
    [12_345, '12.3 µs'],
    [999_960, '1.00 ms'],
    [3_200_000, '3.20 ms'],
    [1.5e9, '1.50 s'],
    [12_345e9, '12\u202F345 s'],
    [-12_300, '−12.3 µs'],
    [undefined, '–'],
    [Number.NaN, '–'],
  ])('prints a duration of %s ns as %s', (ns, text) => {
    expect(formatValue(ns, 'ns')).toBe(text);
  });

  it.each([
    [0, '0'],
    [12, '12'],
    [61_600, '61\u202F600'],
    [1.25, '1.25'],
    [41.666, '41.7'],
    [undefined, '–'],
  ])('prints a count of %s as the plain number %s', (count, text) => {
    expect(formatValue(count, 'count')).toBe(text);
  });

  it.each([
    [512, '512 B'],
    [1536, '1.50 KiB'],
    [48 * 1024 * 1024, '48.0 MiB'],
  ])('prints a size of %s bytes as %s', (bytes, text) => {
    expect(formatValue(bytes, 'bytes')).toBe(text);
  });

  it('keeps a tenth of a byte per token, and never scales it', () => {
    expect(formatValue(38.125, 'bytes/token')).toBe('38.1 B');
    expect(formatValue(2048, 'bytes/token')).toBe('2048.0 B');
    expect(formatValue(2.5, 'bytes/token')).toBe('2.50 B');
  });

  it('prints a share in percent, rates and factors with their unit', () => {
    expect(formatValue(0.5981, 'ratio')).toBe('59.8 %');
    expect(formatValue(19_950, 'tokens/s')).toBe('19\u202F950 tokens/s');
    expect(formatValue(1.034, 'tokens/read')).toBe('1.034');
  });

  it('keeps a duration within half a percent of its value when read back', () => {
    const sizes: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9e12, noNaN: true }), (ns) => {
        const [number = '', unit = ''] = formatValue(ns, 'ns').split(' ');
        const readBack = Number(number.replaceAll('\u202F', '')) * (sizes[unit] ?? Number.NaN);
        expect(Math.abs(readBack - ns) / ns).toBeLessThanOrEqual(0.0051);
      }),
      { seed: 11 },
    );
  });
});

describe('intervals', () => {
  it('use one unit and one number of decimals', () => {
    expect(formatEstimate(estimate(980_000, 890_000, 1_070_000), 'ns')).toBe('980 [890, 1070] µs');
    expect(formatEstimate(estimate(12_300, 1_100, 145_000), 'ns')).toBe('12.3 [1.1, 145.0] µs');
    expect(formatEstimate(estimate(-500_000, -9_000_000, -12_000), 'ns')).toBe(
      '−500 [−9000, −12] µs',
    );
  });

  it('around zero are as fine as their width, not as their centre', () => {
    expect(formatDifferenceEstimate(estimate(20, -15_000, 15_040), 'ns')).toBe(
      '+0.0 [−15.0, 15.0] µs',
    );
  });

  it('that are unknown leave the value alone', () => {
    expect(
      formatEstimate({ value: 12_300, low: undefined, high: undefined, trials: 1 }, 'ns'),
    ).toBe('12.3 µs');
    expect(formatEstimate(undefined, 'ns')).toBe('–');
  });

  it('of no width are not printed', () => {
    expect(formatEstimate(estimate(52.2, 52.2, 52.2), 'bytes/token')).toBe('52.2 B');
    expect(formatRatio(estimate(0.557, 0.557, 0.557))).toBe('0.557');
  });

  it('of ratios have three decimals', () => {
    expect(formatRatio(estimate(0.8721, 0.8509, 0.893))).toBe('0.872 [0.851, 0.893]');
    expect(formatRatio({ value: 0.5, low: undefined, high: undefined })).toBe('0.500');
    expect(formatRatio(estimate(12.346, 11.2, 13.9))).toBe('12.35 [11.20, 13.90]');
    expect(formatRatio(undefined)).toBe('–');
  });
});

describe('differences', () => {
  it('carry their sign', () => {
    expect(formatDifference(-12_300, 'ns')).toBe('−12.3 µs');
    expect(formatDifference(12, 'bytes/token')).toBe('+12.0 B');
    expect(formatDifference(0, 'ns')).toBe('0 ns');
  });

  it('of shares are in percentage points', () => {
    expect(formatDifference(-0.012, 'ratio')).toBe('−1.20 pp');
    expect(formatDifferenceEstimate(estimate(0.02, 0.01, 0.03), 'ratio')).toBe(
      '+2.00 [1.00, 3.00] pp',
    );
  });
});

describe('plain numbers', () => {
  it('as p-values show four decimals where it matters', () => {
    expect([0.00049, 0.001, 0.0313, 0.344, 1, undefined].map(formatP)).toEqual([
      '< 0.001',
      '0.0010',
      '0.0313',
      '0.34',
      '1.00',
      '–',
    ]);
  });

  it('as percentages follow the digits asked for', () => {
    expect(formatPercent(0.1234)).toBe('12.3 %');
    expect(formatPercent(0.1234, 2)).toBe('12 %');
    expect(formatPercent(0.0012)).toBe('0.120 %');
    expect(formatPercent(undefined)).toBe('–');
  });

  it('as counts are grouped from five digits on', () => {
    expect([9999, 12_345, 1_234_567, undefined].map(formatCount)).toEqual([
      '9999',
      '12\u202F345',
      '1\u202F234\u202F567',
      '–',
    ]);
  });

  it('as statistics have three digits', () => {
    expect([2.4921, 0, undefined].map(formatNumber)).toEqual(['2.49', '0', '–']);
  });

  it('that were chosen have no trailing zeros', () => {
    expect(formatSetting(100_000, 'ns')).toBe('100 µs');
    expect(formatSetting(2_500_000, 'ns')).toBe('2.5 ms');
  });

  it('as wall time read as people say them', () => {
    expect([48e9, 372e9, 1320e9, 7500e9, undefined].map(formatWallTime)).toEqual([
      '48 s',
      '6 min 12 s',
      '22 min',
      '2 h 5 min',
      '–',
    ]);
  });
});
