import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { contenders, type ArmComparison } from './report-context.ts';
import { fullAnalysis } from './report-fixture.ts';
import { plainPaint, renderVerdictMarkdown, renderVerdictText, type VerdictTableOptions } from './verdict-table.ts';

function optionsOf(analysis: Analysis): VerdictTableOptions {
  return { context: { analysis, metrics: fixtureMetrics }, point: analysis.loadPoints[0]!, otherArm: 'ws' };
}

const ofLibraryClient = (one: ArmComparison): ArmComparison => ({
  ...one,
  otherArm: 'ws/library',
  verdict: { ...one.verdict, favours: one.verdict.favours === undefined ? undefined : 'ws/library' },
});

/** The same run with a name of the other arm that takes a lot of room. */
function withLibraryClient(analysis: Analysis): Analysis {
  return {
    ...analysis,
    plan: { ...analysis.plan, arms: analysis.plan.arms.map((arm) => (arm.transport === 'ws' ? { ...arm, client: 'library' } : arm)) },
    loadPoints: analysis.loadPoints.map((point) => Object.assign({}, point, { comparisons: point.comparisons.map(ofLibraryClient) })),
  };
}

describe('the verdict table', () => {
  it('lists the endpoints in their order and then the bytes per token', () => {
    const first = renderVerdictMarkdown(optionsOf(fullAnalysis()))
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1]?.trim());
    expect(first).toEqual([
      'Open latency, median',
      'Time to first token, overhead, median',
      'Delivery, median',
      'Delivery, 99th percentile',
      'Server CPU per token',
      'Memory per connection',
      'Bytes per token, application',
      'Bytes per token, TCP payload',
      'Bytes per token, on the wire',
    ]);
  });

  it('says as Markdown what was compared and what follows from it', () => {
    const row = renderVerdictMarkdown(optionsOf(fullAnalysis()))
      .split('\n')
      .find((line) => line.includes('Delivery, median'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'Delivery, median',
      '643 µs',
      '577 µs',
      '0.898 [0.857, 0.941]',
      '−65.8 µs',
      '**WebSocket better**',
      '',
    ]);
  });

  it('prints a dash, not a zero, for what was not measured', () => {
    const row = renderVerdictMarkdown(optionsOf(fullAnalysis()))
      .split('\n')
      .find((line) => line.includes('Memory per connection'));
    expect(row?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'Memory per connection',
      '–',
      '–',
      '–',
      '–',
      'not measured: needs the scenario idle',
      '',
    ]);
  });

  it.each([
    ['short', fullAnalysis(), 'ws', 'WebSocket better'],
    ['long', withLibraryClient(fullAnalysis()), 'ws/library', 'WebSocket (library client)'],
  ])('fits a terminal of 100 columns with %s names of arms', (_, analysis, otherArm, words) => {
    const text = renderVerdictText({ ...optionsOf(analysis), otherArm }, plainPaint);
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('has the same text with colour and without', () => {
    const options = optionsOf(fullAnalysis());
    const coloured = renderVerdictText(options, (style, text) => styleText(style, text, { validateStream: false }));
    expect(coloured).toContain('\u001B[32m');
    expect(stripVTControlCharacters(coloured)).toBe(renderVerdictText(options, plainPaint));
  });

  it('leaves the null arm without verdicts, because it is a floor', () => {
    const analysis = fullAnalysis();
    const [point] = analysis.loadPoints;
    const toFloor = point!.comparisons.map((one) => Object.assign({}, one, { otherArm: 'tcp', endpoint: undefined }));
    expect(contenders({ ...point!, comparisons: [...point!.comparisons, ...toFloor] })).toEqual(['ws']);
  });

  it('is empty when nothing was compared', () => {
    const options = { ...optionsOf(fullAnalysis()), otherArm: 'nobody' };
    expect([renderVerdictMarkdown(options), renderVerdictText(options, plainPaint)]).toEqual(['', '']);
  });
});
