import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { copyAnalysis, equalArmsAnalysis, pilotAnalysis } from './fixture-designs.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis, smokeAnalysis, widthOf } from './report-fixture.ts';
import { renderTerminal } from './terminal.ts';
import { plainPaint } from './paint.ts';
import { streamParts } from '../scenarios/stream/parts.ts';

const textOf = (analysis: Analysis): string =>
  renderTerminal(
    { analysis, metrics: fixtureMetrics, parts: streamParts },
    { paint: plainPaint, reportPath: 'reports/x/report.md' },
  );

describe('the end of a run', () => {
  it('begins with what was run and ends with where the report is', () => {
    const lines = textOf(fullAnalysis()).split('\n');
    expect(lines[0]).toBe(
      'stream: scenario stream · arms sse, ws, tcp · connections 100, 1000 · blocks 12 · client probe',
    );
    expect(lines.slice(-2)).toEqual(['report: reports/x/report.md', '']);
  });

  it('names a source of tokens that is not the usual one', () => {
    const { plan, ...rest } = fullAnalysis();
    expect(
      textOf({ ...rest, plan: { ...plan, source: 'upstream' } }).replaceAll(/\s+/g, ' '),
    ).toContain('client probe · tokens from upstream');
  });

  it('has a table for every load point', () => {
    expect(textOf(fullAnalysis()).match(/^WebSocket against SSE, .*$/gm)).toEqual([
      'WebSocket against SSE, 100 connections',
      'WebSocket against SSE, 1000 connections',
      // The table of exactly counted metrics, once.
      'WebSocket against SSE, 1000 connections',
    ]);
  });

  it.each([
    ['full', fullAnalysis()],
    ['invalid', invalidAnalysis()],
    ['smoke', smokeAnalysis()],
    ['aa', copyAnalysis()],
    ['equal-arms', equalArmsAnalysis()],
    ['pilot', pilotAnalysis()],
  ])('of the %s run fits 100 columns', (_, analysis) => {
    expect(widthOf(textOf(analysis))).toBeLessThanOrEqual(100);
  });

  it('of nothing but equal arms is a table of noise and how many endpoints claim a difference', () => {
    const text = textOf(equalArmsAnalysis());
    expect(text).toContain('Noise floor between two equal arms (SSE), 100 connections\n');
    expect(text).toMatch(
      /^Delivery, median +1\.004 \[0\.955, 1\.055\] +±5\.2 % +7\.3 % +1\.00 {2}none$/m,
    );
    expect(text).toMatch(
      /^1 of 5 endpoints claims a difference between equal arms; none is expected, and by chance/m,
    );
    expect(text).not.toContain('verdict');
  });

  it('of a pilot is a table of blocks and the command to type next, without any comparison', () => {
    const text = textOf(pilotAnalysis());
    expect(text).toMatch(/^Delivery, median +17 % or 110 µs +27 +29 +52 {2}10 % or 1 ms$/m);
    expect(text).toContain('Measure 813 blocks, about 10 h 50 min at the pace of this pilot.');
    expect(text).toContain('\n\nstreamduel run stream --connections 100 --blocks 813 --seed 7\n\n');
    expect(text).not.toMatch(/\d\.\d{3}|no verdicts|median of the block differences/);
  });

  it('says after how many of the possible blocks a rule stopped the run', () => {
    expect(textOf(copyAnalysis()).split('\n')[0]).toContain(
      'arms sse, ws, tcp, sse+copy · connections 100 · blocks 12 of at most 60',
    );
  });

  it('says in red before all else that effects were injected', () => {
    const { plan, ...rest } = invalidAnalysis();
    const arms = plan.arms.map((arm) =>
      Object.assign({ injection: { kind: 'padding', bytes: 16 } as const }, arm),
    );
    const painted = renderTerminal(
      {
        analysis: { ...rest, plan: { ...plan, arms } },
        metrics: fixtureMetrics,
        parts: streamParts,
      },
      { paint: (style, text) => (style === 'red' ? `<${text}>` : text), reportPath: 'x' },
    );
    expect(painted.match(/^<!> .*$/m)?.[0]).toBe(
      '<!> INJECTED EFFECTS: this run tests the harness; it is no measurement. SSE: each payload is 16 B',
    );
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
    expect(text.match(/^! .*$/gm)?.[0]).toBe(
      '! 2 trials failed, the first: trial 4 (ws) failed: silent',
    );
    expect(text).not.toMatch(/said already|as planned/);
  });

  it('shows five warnings, each once, and counts the rest', () => {
    const warnings = ['a', 'b', 'b', 'c', 'd', 'e'].map((message) => ({ code: 'X', message }));
    const text = textOf({ ...fullAnalysis(), failures: [], warnings });
    expect(text.match(/^! .*$/gm)).toEqual(['! a', '! b', '! c', '! d', '! e']);
    expect(text).toContain('+2 more in the report');
  });
});
