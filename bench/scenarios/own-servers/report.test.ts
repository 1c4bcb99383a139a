import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { targetAnalysis } from './fixture.ts';
import { targetParts } from './parts.ts';
import { targetReading } from './reading.ts';

const { metrics } = targetReading;
const reportOf = (analysis = targetAnalysis()): string =>
  renderReport({ analysis, metrics, parts: targetParts }, { charts: [] });
const terminalOf = (analysis = targetAnalysis()): string =>
  renderTerminal(
    { analysis, metrics, parts: targetParts },
    { paint: plainPaint, reportPath: 'report.md' },
  );

it('the report on targets is the one that was read and approved', async () => {
  await expect(reportOf()).toMatchFileSnapshot('golden/target.md');
});

it('the terminal says what was read and approved, in at most 100 columns', async () => {
  const text = terminalOf();
  await expect(text).toMatchFileSnapshot('golden/target.txt');
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('a server 30 % slower is found, and its open latency is compared like all else', () => {
  const { comparisons } = targetAnalysis({ cut: 0 }).loadPoints[0]!;
  const verdicts = comparisons
    .filter(({ endpoint }) => endpoint !== undefined)
    .map(({ metric, verdict }) => [metric, verdict.kind]);
  expect(verdicts).toContainEqual(['target.ttft.p50', 'worse']);
  expect(verdicts).toContainEqual(['target.total.p50', 'worse']);
});

it('streams that were cut are said in the report and in the terminal, with their cause', () => {
  for (const text of [reportOf(), terminalOf().replaceAll(/\s+/g, ' ')])
    expect(text).toMatch(/97 of 100|1,164 of 1,200/);
  expect(reportOf()).toContain('the connection ended within a frame');
});

it('what a server says cannot become markup of the report', () => {
  expect(reportOf()).toContain('``the connection ended within a frame; last bytes: `{"type":"resp` ``');
});

it('nothing is said of twins, their pacer or their libraries', () => {
  expect(reportOf()).not.toMatch(/\btwin|pacer|node:http|no language model ran|byte model/i);
});

it('CPU of a server that was not started here is absent, with the reason', () => {
  expect(reportOf()).toContain('its CPU and memory are not known');
});
