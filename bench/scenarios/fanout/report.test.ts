import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import type { CompletedTrial, Plan } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { fanoutReading } from './reading.ts';
import { fanoutParts } from './parts.ts';

const loads: Plan['loadPoints'] = [
  { connections: 500, messagesPerSecond: 10, stopped: 0 },
  { connections: 500, messagesPerSecond: 50, stopped: 0 },
  { connections: 500, messagesPerSecond: 50, stopped: 1 },
];

/**
 * First receipts after 1 ms over SSE and 0.4 ms over WebSocket, spread 4 ms; the fixture tells load
 * points apart by their connections.
 */
function fanoutAnalysis() {
  const edit = (trial: CompletedTrial): CompletedTrial => {
    const loadPoint = loads[trial.loadPoint.connections]!;
    const noise = 1 + trial.block / 1000;
    const first = (trial.arm.transport === 'sse' ? 1 : 0.4) * NS_PER_MS * noise;
    return {
      ...trial,
      loadPoint,
      broadcast: { messages: 200, overruns: 0 },
      ...(loadPoint.stopped === 1 && { stall: { stopped: 1, blocked: 0, cut: 0 } }),
      distributions: {
        ...trial.distributions,
        firstReceiptNs: fixtureDistribution(first, 200),
        lastReceiptNs: fixtureDistribution(first + 4 * NS_PER_MS, 200),
        spreadNs: fixtureDistribution(4 * NS_PER_MS * noise, 200),
      },
    };
  };
  const run = fixtureRun({
    plan: {
      scenario: 'fanout',
      payload: 'lean',
      loadPoints: loads.map((_, index) => ({ connections: index })),
    },
    edit,
  });
  return analyse(
    { ...run, header: { ...run.header, plan: { ...run.header.plan, loadPoints: loads } } },
    fanoutReading,
  );
}

const analysis = fanoutAnalysis();
const { metrics } = fanoutReading;
const report = renderReport({ analysis, metrics, parts: fanoutParts }, { charts: [] });
const sectionOf = (title: string): string =>
  report.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('the report of one source with many subscribers', () => {
  it('says when the first and the last have a message, and who waits, from the numbers', () => {
    const text = sectionOf('How far apart the subscribers are');
    expect(text).toContain(
      '- At 50 messages/s, the first and the last of 500 subscribers have a message 1.01 ms and 5.01 ms over SSE, 403 µs and 4.40 ms over WebSocket after it is due.',
    );
    expect(text).toContain('The first one waits 604 µs longer over SSE: node:http');
    // Load points with a subscriber that does not read have a section of their own.
    expect(text).not.toContain('not reading');
  });

  it('leaves a quantile that too few messages support out', () => {
    const row = sectionOf('How far apart the subscribers are')
      .split('\n')
      .find((line) => line.startsWith('| 500 connections, 50 messages/s | SSE'))!;
    const cells = row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    expect(cells.slice(2, 7)).toEqual(['1.01 ms', '5.01 ms', '4.03 ms', '8.69 ms', '–']);
  });

  it('holds each arm against itself where one subscriber does not read', () => {
    const text = sectionOf('What one subscriber who does not read costs the others');
    expect(text).toContain('| Server CPU per token | SSE');
    expect(text).toContain(
      'In none of 24 trials was its socket full: the kernel took all of the 500 messages of the window.',
    );
  });

  it('says what differs in the way messages are written, and nothing of handlers that no due time counts from', () => {
    const text = sectionOf('What differs between the arms');
    expect(text).toContain('Subscribers are served in the order in which they joined');
    expect(text).toContain('node:http and ws frame each delivery anew');
    expect(text).not.toContain('due times count from its handler');
  });

  it('has well-formed tables', () => {
    for (const table of report.match(/(?:^\|.*\n)+/gm) ?? [])
      expect(
        new Set(
          table
            .trimEnd()
            .split('\n')
            .map((line) => line.replaceAll(String.raw`\|`, '').split('|').length),
        ).size,
      ).toBe(1);
  });

  it('ends in the terminal with the spread of every rate, in 100 columns', () => {
    const text = renderTerminal(
      { analysis, metrics, parts: fanoutParts },
      { paint: plainPaint, reportPath: 'x' },
    );
    expect(text).toContain(
      'From the first to the last subscriber (median), 500 connections, 50 messages/s: SSE 4.03 ms,\nWebSocket 4.03 ms',
    );
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('shows the spread against the rate', async () => {
    const charts = await renderCharts({ analysis, metrics, parts: fanoutParts });
    expect(charts.map(({ file }) => file)).toEqual(['message-spread-500.svg']);
    expect(charts[0]!.svg).toContain('Spread p50');
  });
});
