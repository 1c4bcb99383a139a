import { expect, it } from 'vitest';
import type { Analysis, LoadPointAnalysis, MissedControl } from '../analysis/analysis.ts';
import { streamParts } from '../scenarios/stream/parts.ts';
import { limitedPairs, limitedWords } from './missed-controls.ts';
import { plainPaint } from './paint.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { fullAnalysis } from './report-fixture.ts';
import { renderReport } from './report.ts';
import { renderTerminal } from './terminal.ts';

const ready: MissedControl = {
  gate: 'H9ready',
  otherArm: 'ws',
  reason: 'H9ready from due to the turn that found it due: 27 µs, median of 12 blocks, limit 20 µs',
  voids: ['ttft.overhead.p50', 'delivery.p50', 'delivery.p99'],
};
const period: MissedControl = {
  gate: 'H9period',
  otherArm: 'ws',
  reason: 'H9period time between turns of the pacer: 5.5 %, median of 12 blocks, limit 5 %',
  voids: ['delivery.p50', 'cpu.server.token', 'bytes.token.wire'],
};

/** A run whose first load point missed these controls between WebSocket and SSE. */
function withMissed(missedControls: readonly MissedControl[]): Analysis {
  const full = fullAnalysis();
  const [first, ...others] = full.loadPoints;
  return { ...full, loadPoints: [{ ...first!, missedControls }, ...others] };
}

const contextOf = (analysis: Analysis) => ({
  analysis,
  metrics: fixtureMetrics,
  parts: streamParts,
});

const pointOf = (analysis: Analysis): LoadPointAnalysis => analysis.loadPoints[0]!;

it('a pair has what any of its controls voids, and what none of them does', () => {
  const analysis = withMissed([ready, period]);
  const [pair, ...others] = limitedPairs(contextOf(analysis), pointOf(analysis));
  expect(others).toEqual([]);
  expect(pair!.title).toBe('WebSocket against SSE');
  expect(pair!.voids).toEqual([
    'Time to first token, overhead, median',
    'Delivery, median',
    'Delivery, 99th percentile',
    'Server CPU per token',
    'Bytes per token, on the wire',
  ]);
  expect(pair!.stands).toContain('Bytes per token, application');
  expect(pair!.stands).toContain('Open latency, median');
});

it('report and terminal name what is void and what stands, and the number that was missed', () => {
  const context = contextOf(withMissed([ready]));
  const report = renderReport(context, { charts: [] });
  expect(report).toContain('> **HARNESS-LIMITED in part**: these pairs of arms differ in what');
  const banner = report.split('\n').find((line) => line.startsWith('> - 100 connections'));
  expect(banner).toContain(
    '100 connections, WebSocket against SSE: no verdict between them on Time to first token, overhead, median, Delivery, median and Delivery, 99th percentile; ',
  );
  expect(banner).toContain('Server CPU per token');
  expect(banner).toContain(`Missed: ${ready.reason}.`);
  expect(report).not.toContain('**HARNESS-LIMITED**');
  const terminal = renderTerminal(context, {
    paint: plainPaint,
    reportPath: 'reports/x/report.md',
  });
  expect(terminal).toContain('! HARNESS-LIMITED in part at 100 connections, WebSocket against SSE');
});

it('a run that missed none says nothing of it', () => {
  expect(renderReport(contextOf(fullAnalysis()), { charts: [] })).not.toContain('HARNESS-LIMITED');
});

it('controls on which no compared number depends limit nothing', () => {
  expect(limitedWords({ title: 'ws (copy) against ws', reasons: [], voids: [], stands: [] })).toBe(
    'no verdict between them depends on it',
  );
});
