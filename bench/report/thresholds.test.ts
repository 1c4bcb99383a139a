import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ThresholdResult } from '../analysis/thresholds.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { fullAnalysis, widthOf } from './report-fixture.ts';
import { renderMarkdown } from './formats/markdown.ts';
import type { ReportContext } from './report-context.ts';
import { renderThresholdSection, renderThresholdText } from './thresholds.ts';
import { plainPaint } from './paint.ts';

function resultOf(part: Partial<ThresholdResult>, text = 'delivery.p99 > 3ms'): ThresholdResult {
  return {
    threshold: {
      text,
      arm: undefined,
      metric: 'delivery.p99',
      operator: '>',
      limit: 3 * NS_PER_MS,
    },
    arm: 'sse',
    loadPoint: { connections: 100 },
    outcome: 'passed',
    estimate: { value: 2.5 * NS_PER_MS, low: 2.4 * NS_PER_MS, high: 2.6 * NS_PER_MS, trials: 12 },
    isShown: true,
    reason: undefined,
    ...part,
  };
}

const reason =
  'INVALID: C1 tokens lost, duplicated, reordered or corrupt (ws): missed in 1 of 12 trials, worst 1, limit 0';

const results: readonly ThresholdResult[] = [
  resultOf({}),
  resultOf({ arm: 'ws', isShown: false }),
  resultOf({
    outcome: 'failed',
    estimate: { value: 4 * NS_PER_MS, low: 3.5 * NS_PER_MS, high: 4.5 * NS_PER_MS, trials: 12 },
  }),
  resultOf({
    outcome: 'failed',
    isShown: false,
    estimate: { value: 4 * NS_PER_MS, low: undefined, high: undefined, trials: 1 },
  }),
  resultOf(
    { loadPoint: { connections: 10_000 }, outcome: 'failed', isShown: false, reason },
    'sse:delivery.p99 > 3ms',
  ),
  resultOf({
    outcome: 'not-measured',
    estimate: undefined,
    isShown: false,
    reason: 'too few independent samples in 12 of 12 trials',
  }),
];

const context: ReportContext = { analysis: fullAnalysis(), metrics: fixtureMetrics };
const textOf = (some: readonly ThresholdResult[]): string =>
  renderThresholdText(some, context, plainPaint);
const sectionOf = (some: readonly ThresholdResult[]): string =>
  renderMarkdown(renderThresholdSection(some, context));

describe('the table of thresholds', () => {
  it('names the load point where a fault tells it apart, in 100 columns', () => {
    const kill = resultOf({
      loadPoint: { connections: 2000, fault: 'kill', policy: 'as-specified' },
    });
    const text = textOf([kill, resultOf({})]);
    expect(text).toContain('load point');
    expect(text).toContain('Kill and restart, 2000');
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(sectionOf([kill])).toContain('| Kill and restart, 2000 connections, as specified |');
  });

  it('says of each what was measured, what became of it, and whether that is shown', () => {
    expect(textOf(results).split('\n')).toEqual([
      'fails if                arm  connections              measured  outcome',
      'delivery.p99 > 3ms      sse          100  2.50 [2.40, 2.60] ms  passed',
      'delivery.p99 > 3ms      ws           100  2.50 [2.40, 2.60] ms  passed, interval reaches across the',
      '                                                                limit',
      'delivery.p99 > 3ms      sse          100  4.00 [3.50, 4.50] ms  failed',
      'delivery.p99 > 3ms      sse          100               4.00 ms  failed, on a single trial',
      'sse:delivery.p99 > 3ms  sse       10\u202F000  2.50 [2.40, 2.60] ms  failed: INVALID: C1 tokens lost,',
      '                                                                duplicated, reordered or corrupt',
      '                                                                (ws): missed in 1 of…',
      'delivery.p99 > 3ms      sse          100                     –  not measured: too few independent',
      '                                                                samples in 12 of 12 trials',
    ]);
  });

  it('has the same text with colour and without, misses in red and passes that are shown in green', () => {
    const coloured = renderThresholdText(results, context, (style, text) =>
      styleText(style, text, { validateStream: false }),
    );
    expect(stripVTControlCharacters(coloured)).toBe(textOf(results));
    expect(coloured).toContain('\u001B[32mpassed\u001B[39m');
    expect(coloured).toContain('\u001B[31mfailed\u001B[39m');
    expect(coloured).toContain('\u001B[33mpassed, interval');
  });

  it('fits 100 columns, however long arms, thresholds and reasons are', () => {
    const long = resultOf(
      {
        arm: 'ws/library@relay+stall-of-100ms-in-every-second-of-the-window-without-end',
        outcome: 'failed',
        reason,
      },
      `ws/library@relay+stall-of-100ms-in-every-second-of-the-window-without-end:${'x'.repeat(80)}`,
    );
    const lines = textOf([...results, long]).split('\n');
    expect(widthOf(lines.join('\n'))).toBeLessThanOrEqual(100);
  });

  it('is empty without thresholds', () => {
    expect([textOf([]), sectionOf([])]).toEqual(['', '']);
  });
});

describe('the section of the report', () => {
  it('counts the misses and lists all', () => {
    const lines = sectionOf(results).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '## Thresholds',
      '',
      '4 of 6 were missed. A threshold is held against the mean over trials; what was not measured, or cannot be believed, counts as missed.',
    ]);
    const cells = lines.slice(6).map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    expect(cells).toEqual([
      ['`delivery.p99 > 3ms`', 'SSE', '100', '2.50 [2.40, 2.60] ms', 'passed'],
      [
        '`delivery.p99 > 3ms`',
        'WebSocket',
        '100',
        '2.50 [2.40, 2.60] ms',
        'passed, interval reaches across the limit',
      ],
      ['`delivery.p99 > 3ms`', 'SSE', '100', '4.00 [3.50, 4.50] ms', '**failed**'],
      ['`delivery.p99 > 3ms`', 'SSE', '100', '4.00 ms', '**failed, on a single trial**'],
      [
        '`sse:delivery.p99 > 3ms`',
        'SSE',
        '10\u202F000',
        '2.50 [2.40, 2.60] ms',
        expect.stringMatching(/^\*\*failed: INVALID: C1 .*…\*\*$/),
      ],
      [
        '`delivery.p99 > 3ms`',
        'SSE',
        '100',
        '–',
        '**not measured: too few independent samples in 12 of 12 trials**',
      ],
    ]);
  });
});
