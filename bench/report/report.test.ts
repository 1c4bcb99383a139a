import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis, smokeAnalysis } from './report-fixture.ts';
import { renderReport } from './report.ts';

const charts = [
  { file: 'load-sweep.svg', title: 'Delivery and server cost against load', alt: 'p50 [and p99] against connections' },
  { file: 'delivery-quantiles-100.svg', title: 'Delivery by quantile, 100 connections', alt: 'time against quantile' },
];

const variants: readonly (readonly [string, Analysis, typeof charts])[] = [
  ['full', fullAnalysis(), charts],
  ['invalid', invalidAnalysis(), []],
  ['smoke', smokeAnalysis(), []],
];

const reportOf = (analysis: Analysis): string => renderReport(analysis, { metrics: fixtureMetrics, charts: [] });

describe('the report', () => {
  // UPDATE_GOLDEN=1 writes the files anew; read their difference before you commit it.
  it.each(variants)('of the %s run is the one that was read and approved', (name, analysis, charts) => {
    const report = renderReport(analysis, { metrics: fixtureMetrics, charts });
    const path = new URL(`golden/${name}.md`, import.meta.url);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, report);
    expect(report).toBe(readFileSync(path, 'utf8'));
  });

  it.each(variants)('of the %s run has well-formed tables and folded blocks', (_, analysis) => {
    const lines = reportOf(analysis).split('\n');
    const tables = lines.join('\n').match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) expect(new Set(table.trimEnd().split('\n').map(countCells)).size).toBe(1);
    expect(lines.filter((line) => line === '<details>')).toHaveLength(lines.filter((line) => line === '</details>').length);
    expect(lines.filter((line, index) => line.startsWith('<summary>') && lines[index + 1] !== '')).toEqual([]);
  });

  it.each(variants)('of the %s run names no winner and never claims that there is no difference', (_, analysis) => {
    const text = reportOf(analysis).toLowerCase();
    expect(text).not.toContain('no difference');
    expect(text).not.toMatch(/the winner is|is the (?:overall )?winner|wins overall/);
  });

  it('shows the verdicts before anything that explains them', () => {
    const titles = reportOf(fullAnalysis()).match(/^## .*$/gm);
    expect(titles).toEqual([
      '## Verdicts',
      '## How to read this',
      '## All results',
      '## Exploratory comparisons',
      '## Why',
      '## Validity',
      '## Failures',
      '## What differs between the arms',
      '## Environment',
      '## Repeat it',
      '## Definitions',
      '## What this result does not say',
      '## Cost',
    ]);
  });

  it('warns above everything else that a run proves nothing', () => {
    const [beforeVerdicts = ''] = reportOf(invalidAnalysis()).split('## Verdicts');
    expect(beforeVerdicts).toContain('> - 1000 connections: 3 tokens lost over WebSocket');
    expect(beforeVerdicts).toContain('> - 100 connections: client busier than 70 %');
    expect(beforeVerdicts).toContain('61 of 78 trials ran');
  });

  it('has no alarm when there is nothing to be alarmed about', () => {
    expect(reportOf(fullAnalysis())).not.toContain('> [!');
  });

  it('says that SSE repeats the number of a token only when it does', () => {
    expect(reportOf(fullAnalysis())).toContain('`id:` line');
    expect(reportOf(smokeAnalysis())).not.toContain('`id:` line');
  });

  it('links only to charts that exist', () => {
    expect(reportOf(fullAnalysis())).not.toContain('## Charts');
    expect(renderReport(fullAnalysis(), { metrics: fixtureMetrics, charts: charts.slice(0, 1) }).match(/!\[.*\]\(.*\)/g)).toEqual([
      String.raw`![p50 \[and p99\] against connections](charts/load-sweep.svg)`,
    ]);
  });

  it('survives being saved as JSON, where what is not a number becomes null', () => {
    const saved = JSON.parse(JSON.stringify(fullAnalysis())) as Analysis;
    expect(reportOf(saved)).toBe(reportOf(fullAnalysis()));
  });
});

function countCells(row: string): number {
  return row.replaceAll(String.raw`\|`, '').split('|').length;
}
