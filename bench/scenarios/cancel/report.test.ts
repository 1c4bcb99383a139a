import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { plainPaint } from '../../report/paint.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { cancelAnalysis, fixtureArms } from './fixture.ts';
import { cancelParts } from './parts.ts';
import { cancelReading } from './reading.ts';

const { metrics } = cancelReading;
const context = { analysis: cancelAnalysis(), metrics, parts: cancelParts };
const report = renderReport(context, { charts: [] });

function costOf(options: Parameters<typeof cancelAnalysis>[0]): string {
  const text = renderReport({ ...context, analysis: cancelAnalysis(options) }, { charts: [] });
  return text.split('\n## What a stop costs\n')[1]!.split('\n## ')[0]!;
}

describe('the report of stops', () => {
  it('is the one that was read and approved', async () => {
    await expect(report).toMatchFileSnapshot('golden/cancel.md');
  });

  it('says in the terminal what was read and approved, in at most 100 columns', async () => {
    const text = renderTerminal(context, { paint: plainPaint, reportPath: 'report.md' });
    await expect(text).toMatchFileSnapshot('golden/cancel.txt');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('compares what serves one purpose, and only where the ways of doing it differ', () => {
    const compared = context.analysis.loadPoints[0]!.comparisons.filter(
      ({ endpoint }) => endpoint !== undefined,
    ).map(({ otherArm, metric }) => `${otherArm} ${metric}`);
    expect(compared).toEqual([
      'sse-h2:6 stop.leave.active',
      'ws stop.say.active',
      'ws stop.leave.active',
    ]);
  });

  it('has a sentence for each way of each arm, whether it has a counterpart or not', () => {
    const sentences = costOf({}).match(/^- \*\*.*$/gm) ?? [];
    expect(sentences.map((one) => one.slice(4, one.indexOf('**', 4)))).toEqual([
      'SSE by disconnect',
      'SSE by a request, warm',
      'SSE by a request, new connection',
      'SSE after POST by disconnect',
      'SSE after POST by a request, warm',
      'SSE after POST by a request, new connection',
      'SSE over HTTP/2 (up to 6 a connection) by RST_STREAM',
      'WebSocket by a close',
      'WebSocket by a message',
      'WebSocket by disconnect',
    ]);
  });

  it('says of a stop that the server does not learn of that it was not in the trial, not that it was fast', () => {
    const cost = costOf({
      arms: fixtureArms.slice(0, 1),
      edit: (cell) =>
        cell.way === 'disconnect' && cell.state === 'quiet'
          ? { ...cell, unnoticed: cell.stopped, latencyNs: [], vainTokens: [], vainBytes: [] }
          : cell,
    });
    expect(cost).toMatch(/\| SSE by disconnect +\|.*\*\*not in the trial\*\*/);
    expect(cost).toContain('With a quiet stream it goes on beyond the end of a trial');
    expect(cost).not.toMatch(/undefined|NaN|Infinity/);
  });

  it('says how many of some stops were not learnt of', () => {
    const cost = costOf({
      arms: fixtureArms.slice(0, 1),
      edit: (cell) =>
        cell.way === 'new-request'
          ? { ...cell, unnoticed: 5, latencyNs: cell.latencyNs.slice(5) }
          : cell,
    });
    expect(cost).toContain('(45 of 180 not in the trial)');
  });
});
