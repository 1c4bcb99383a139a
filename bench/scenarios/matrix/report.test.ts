import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { fairPairs } from '../../contract/arms/pairs.ts';
import { plainPaint } from '../../report/paint.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { matrixAnalysis } from './fixture.ts';
import { matrixParts } from './parts.ts';
import { matrixReading } from './reading.ts';

const { metrics } = matrixReading;
const charts = [{ file: 'pair-ratios-100.svg', title: 'Fair pairs', alt: 'Ratio of each pair' }];
const reportOf = (analysis = matrixAnalysis()): string =>
  renderReport({ analysis, metrics, parts: matrixParts }, { charts });
const textOf = (analysis = matrixAnalysis()): string =>
  renderTerminal(
    { analysis, metrics, parts: matrixParts },
    { paint: plainPaint, reportPath: 'report.md' },
  );
const sectionOf = (text: string, title: string): string =>
  text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const firstCells = (table: string): readonly string[] =>
  (table.match(/^\| [^|]+(?= \|)/gm) ?? []).map((row) => row.slice(2).trim()).slice(2);

describe('the report of all transports', () => {
  it('is the one that was read and approved', async () => {
    await expect(reportOf()).toMatchFileSnapshot('golden/matrix.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    await expect(textOf()).toMatchFileSnapshot('golden/matrix.txt');
    const widths = textOf()
      .split('\n')
      .map((line) => stringWidth(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(100);
  });

  it('has one row for each arm', () => {
    expect(firstCells(sectionOf(reportOf(), 'All arms'))).toEqual([
      'SSE',
      'WebSocket',
      'SSE after POST',
      'NDJSON',
      'SSE with gzip',
      'WebSocket, binary',
      'WebSocket with deflate',
      'WebSocket with deflate, no context takeover',
      'SSE over HTTP/2 (up to 100 a connection)',
      'WebSocket, multiplexed (up to 100 a connection)',
      'Not streamed',
    ]);
  });

  it('has one row for each fair pair, with what it isolates', () => {
    const section = sectionOf(reportOf(), 'Fair pairs');
    expect(firstCells(section)).toHaveLength(fairPairs.length);
    for (const { isolates } of fairPairs) expect(section).toContain(`| ${isolates}`);
    expect(section).toContain('covers all 39 verdicts');
  });

  it('marks bytes that follow from no byte model, and leaves out what was not measured', () => {
    const section = sectionOf(reportOf(), 'All arms');
    expect(section.match(/12\.0 B \\\*/g)).toHaveLength(3);
    expect(section).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('of arms without a fair pair says that they are none, and of one arm and its copy has the noise floor', () => {
    const unfair = reportOf(matrixAnalysis({ transports: ['sse', 'ndjson'] }));
    expect(sectionOf(unfair, 'Fair pairs')).toContain('no single thing');
    const equal = reportOf(matrixAnalysis({ transports: ['sse'], copy: true }));
    expect(sectionOf(equal, 'Noise floor')).not.toBe('');
    expect(sectionOf(equal, 'All arms')).toBe('');
  });

  it('has one chart for each load, without ratios that would leave no room for the others', async () => {
    const drawn = await renderCharts({ analysis: matrixAnalysis(), metrics, parts: matrixParts });
    expect(drawn.map(({ file }) => file)).toEqual(['pair-ratios-100.svg']);
    expect(drawn[0]!.svg).toContain('ws-deflate-no-takeover / ws-deflate');
    expect(drawn[0]!.svg).not.toMatch(/NaN|undefined|Infinity/);
    // Its server CPU alone: ready to received differs by a factor of thousands.
    expect(drawn[0]!.alt.match(/buffered \/ ndjson/g)).toHaveLength(1);
  });
});
