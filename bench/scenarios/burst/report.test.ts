import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { burstAnalysis } from './fixture.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { burstReading } from './reading.ts';
import { burstParts } from './parts.ts';

const { metrics } = burstReading;
const charts = [
  { file: 'burst-costs-200.svg', title: 'Costs', alt: 'CPU and write calls per token' },
];
const reportOf = (analysis = burstAnalysis()): string =>
  renderReport({ analysis, metrics, parts: burstParts }, { charts });
const textOf = (analysis = burstAnalysis()): string =>
  renderTerminal(
    { analysis, metrics, parts: burstParts },
    { paint: plainPaint, reportPath: 'report.md' },
  );

const ownSection = (text: string): string =>
  text.split('\n## What coming together makes of a token\n')[1]?.split('\n## ')[0] ?? '';

describe('the report of a run of bursts', () => {
  it('is the one that was read and approved', async () => {
    await expect(reportOf()).toMatchFileSnapshot('golden/burst.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    await expect(textOf()).toMatchFileSnapshot('golden/burst.txt');
    expect(
      Math.max(
        ...textOf()
          .split('\n')
          .map((line) => stringWidth(line)),
      ),
    ).toBeLessThanOrEqual(100);
  });

  it('has a row for each number of tokens and arm', () => {
    const rows = ownSection(reportOf()).match(/^\| +\d+ \| (?:SSE|WebSocket|TCP).*$/gm) ?? [];
    expect(
      rows.map((row) =>
        row
          .split('|')
          .slice(1, 4)
          .map((cell) => cell.trim()),
      ),
    ).toEqual([
      ['1', 'SSE', '1.00'],
      ['1', 'WebSocket', '1.00'],
      ['1', 'TCP (null arm)', '1.00'],
      ['2', 'SSE', '0.500'],
      ['2', 'WebSocket', '1.00'],
      ['2', 'TCP (null arm)', '1.00'],
      ['5', 'SSE', '0.200'],
      ['5', 'WebSocket', '1.00'],
      ['5', 'TCP (null arm)', '1.00'],
      ['10', 'SSE', '0.100'],
      ['10', 'WebSocket', '1.00'],
      ['10', 'TCP (null arm)', '1.00'],
    ]);
  });

  it('says from how many tokens on which arm costs less, and what was found below', () => {
    const sentences = ownSection(reportOf(burstAnalysis({ noise: 0.001 }))).match(/^- .*$/gm);
    expect(sentences).toEqual([
      '- SSE needed less server CPU per token from 2 tokens a tick on: 9.6 % less at 2, 28 % less at 5, 37 % less at 10.',
      '- With fewer: WebSocket needed less at 1.',
    ]);
  });

  it('says nothing of that kind where noise hides it, or where the run is too short for verdicts', () => {
    expect(ownSection(reportOf(burstAnalysis({ noise: 1 })))).not.toContain('needed less');
    expect(ownSection(reportOf(burstAnalysis({ noise: 1 })))).toContain(
      '- Server CPU per token, by tokens a tick: undecided at 1, 2, 5 and 10.',
    );
    expect(ownSection(reportOf(burstAnalysis({ verdicts: false })))).not.toMatch(/^- /m);
  });

  it('has no cell without a value and no number that is none', () => {
    expect(ownSection(reportOf())).not.toMatch(/undefined|NaN|Infinity|–/);
  });

  it('has one chart for each number of connections', async () => {
    const drawn = await renderCharts({ analysis: burstAnalysis(), metrics, parts: burstParts });
    expect(drawn.map(({ file }) => file)).toEqual(['burst-costs-200.svg']);
    expect(drawn[0]?.svg).toContain('tokens due together');
  });
});
