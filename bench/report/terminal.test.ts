import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis, smokeAnalysis } from './report-fixture.ts';
import { renderTerminal } from './terminal.ts';
import { plainPaint } from './verdict-table.ts';

const textOf = (analysis: Analysis): string =>
  renderTerminal(analysis, { metrics: fixtureMetrics, paint: plainPaint, reportPath: 'reports/x/report.md' });

describe('the end of a run', () => {
  it('begins with what was run and ends with where the report is', () => {
    const lines = textOf(fullAnalysis()).split('\n');
    expect(lines[0]).toBe('stream: scenario stream · arms sse, ws, tcp · connections 100, 1000 · blocks 12 · client probe');
    expect(lines.slice(-2)).toEqual(['report: reports/x/report.md', '']);
  });

  it('has a table for every load point', () => {
    expect(textOf(fullAnalysis()).match(/^WebSocket against SSE, .*$/gm)).toEqual([
      'WebSocket against SSE, 100 connections',
      'WebSocket against SSE, 1000 connections',
    ]);
  });

  it.each([
    ['full', fullAnalysis()],
    ['invalid', invalidAnalysis()],
    ['smoke', smokeAnalysis()],
  ])('of the %s run fits 100 columns', (_, analysis) => {
    expect(
      Math.max(
        ...textOf(analysis)
          .split('\n')
          .map((line) => stringWidth(line)),
      ),
    ).toBeLessThanOrEqual(100);
  });

  it('puts the gravest warnings first', () => {
    expect(
      textOf(invalidAnalysis())
        .match(/^! .*$/gm)
        ?.slice(0, 3),
    ).toEqual([
      '! INVALID at 1000 connections: 3 tokens lost over WebSocket',
      '! HARNESS-LIMITED at 100 connections: client busier than 70 %',
      '! INCOMPLETE: 60 of 78 trials completed',
    ]);
  });

  it('names the first of many failed trials and does not repeat what it said', () => {
    const failure = { arm: 'ws', message: 'silent', hint: undefined };
    const warnings = [
      { code: 'failed-trials', message: 'said already' },
      { code: 'burn-in', message: 'as planned' },
    ];
    const text = textOf({
      ...fullAnalysis(),
      warnings,
      failures: [
        { ...failure, trial: 4 },
        { ...failure, trial: 9 },
      ],
    });
    expect(text.match(/^! .*$/gm)?.[0]).toBe('! 2 trials failed, the first: trial 4 (ws) failed: silent');
    expect(text).not.toMatch(/said already|as planned/);
  });

  it('shows five warnings, each once, and counts the rest', () => {
    const warnings = ['a', 'b', 'b', 'c', 'd', 'e'].map((message) => ({ code: 'X', message }));
    const text = textOf({ ...fullAnalysis(), failures: [], warnings });
    expect(text.match(/^! .*$/gm)).toEqual(['! a', '! b', '! c', '! d', '! e']);
    expect(text).toContain('+2 more in the report');
  });
});
