import { stripVTControlCharacters, styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import { copyAnalysis } from './fixture-designs.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { contenders, type ArmComparison } from './report-context.ts';
import { fullAnalysis, widthOf } from './report-fixture.ts';
import { flow } from './blocks.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderTableText } from './formats/terminal.ts';
import {
  exactTable,
  testedTable,
  verdictTable,
  type VerdictTableOptions,
} from './verdict-table.ts';
import { plainPaint, type Paint } from './paint.ts';

function optionsOf(analysis: Analysis): VerdictTableOptions {
  return {
    context: { analysis, metrics: fixtureMetrics },
    point: analysis.loadPoints[0]!,
    otherArm: 'ws',
  };
}

const markdownOf = (options: VerdictTableOptions): string =>
  renderMarkdown(flow(verdictTable(options)));
const textOf = (options: VerdictTableOptions, paint: Paint): string =>
  renderTableText(testedTable(options), paint);

const named = (one: ArmComparison, otherArm: string): ArmComparison => ({
  ...one,
  otherArm,
  verdict: { ...one.verdict, favours: one.verdict.favours === undefined ? undefined : otherArm },
});

/** The same run with a long name of the other arm. */
function withLibraryClient(analysis: Analysis): Analysis {
  return {
    ...analysis,
    plan: {
      ...analysis.plan,
      arms: analysis.plan.arms.map((arm) =>
        arm.transport === 'ws' ? { ...arm, client: 'library' } : arm,
      ),
    },
    loadPoints: analysis.loadPoints.map((point) =>
      Object.assign({}, point, {
        comparisons: point.comparisons.map((one) => named(one, 'ws/library')),
      }),
    ),
  };
}

/** The same run with a name of the other arm that is longer than the column of its numbers. */
function withLabel(analysis: Analysis, label: string): Analysis {
  return {
    ...analysis,
    plan: {
      ...analysis.plan,
      arms: analysis.plan.arms.map((arm) => (arm.transport === 'ws' ? { ...arm, label } : arm)),
    },
    loadPoints: analysis.loadPoints.map((point) =>
      Object.assign({}, point, {
        comparisons: point.comparisons.map((one) => named(one, `ws+${label}`)),
      }),
    ),
  };
}

const cells = (line: string): string[] => line.split('|').map((cell) => cell.trim());

describe('the verdict table', () => {
  it('lists the endpoints in their order and then the bytes per token', () => {
    const first = markdownOf(optionsOf(fullAnalysis()))
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
    const row = markdownOf(optionsOf(fullAnalysis()))
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
    const row = markdownOf(optionsOf(fullAnalysis()))
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
    const text = textOf({ ...optionsOf(analysis), otherArm }, plainPaint);
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it('puts the A/A floor beside each verdict of a run that has one: in the ratio, or in the unit of the difference', () => {
    const lines = markdownOf(optionsOf(copyAnalysis())).split('\n');
    expect(cells(lines[0]!).slice(5, 8)).toEqual(['difference', 'A/A floor', 'verdict']);
    const floors = lines.slice(2).map((line) => [cells(line)[1], cells(line)[6]]);
    expect(floors).toEqual([
      ['Open latency, median', '±3.4 %'],
      ['Time to first token, overhead, median', '±239 µs'],
      ['Delivery, median', '±2.2 %'],
      ['Delivery, 99th percentile', '±31 %'],
      ['Server CPU per token', '±6.2 %'],
      ['Memory per connection', '–'],
      ['Bytes per token, application', '–'],
      ['Bytes per token, TCP payload', '–'],
      ['Bytes per token, on the wire', '–'],
    ]);
    expect(textOf(optionsOf(copyAnalysis()), plainPaint)).toMatch(
      /^Delivery, median .* 2\.2 % {2}WebSocket better$/m,
    );
    expect(markdownOf(optionsOf(fullAnalysis()))).not.toContain('A/A');
  });

  it('leaves what was counted exactly to a table of its own, in a terminal', () => {
    const options = optionsOf(fullAnalysis());
    const [title, ...rows] = renderTableText(exactTable(options), plainPaint).split('\n');
    expect(title).toMatch(/^counted exactly +SSE +WebSocket +ratio +difference$/);
    expect(rows.map((row) => row.split('  ')[0])).toEqual([
      'Bytes per token, application',
      'Bytes per token, TCP payload',
      'Bytes per token, on the wire',
    ]);
    expect(textOf(options, plainPaint)).not.toContain('Bytes per token');
    expect(widthOf(rows.join('\n'))).toBeLessThanOrEqual(100);
  });

  it('calls arms baseline and other where their names would leave no room for numbers', () => {
    const label = 'tail 1 % + 20 ms';
    const text = textOf(
      { ...optionsOf(withLabel(copyAnalysis(), label)), otherArm: `ws+${label}` },
      plainPaint,
    );
    expect(text).toMatch(/^endpoint +baseline +other +ratio/);
    expect(text.replaceAll(/\s+/g, ' ')).toContain('2.2 % other better');
    expect(widthOf(text)).toBeLessThanOrEqual(100);
  });

  it('has the same text with colour and without', () => {
    const options = optionsOf(fullAnalysis());
    const coloured = textOf(options, (style, text) =>
      styleText(style, text, { validateStream: false }),
    );
    expect(coloured).toContain('\u001B[32m');
    expect(stripVTControlCharacters(coloured)).toBe(textOf(options, plainPaint));
  });

  it('leaves the null arm without verdicts, because it is a floor', () => {
    const analysis = fullAnalysis();
    const [point] = analysis.loadPoints;
    const toFloor = point!.comparisons.map((one) =>
      Object.assign({}, one, { otherArm: 'tcp', endpoint: undefined }),
    );
    expect(contenders({ ...point!, comparisons: [...point!.comparisons, ...toFloor] })).toEqual([
      'ws',
    ]);
  });

  it('leaves the copy of the baseline without verdicts, because nothing is asked about it', () => {
    const [point] = copyAnalysis().loadPoints;
    const toCopy = point!.comparisons.map((one) =>
      Object.assign({}, one, { otherArm: 'sse+copy' }),
    );
    expect(contenders({ ...point!, comparisons: [...point!.comparisons, ...toCopy] })).toEqual([
      'ws',
    ]);
  });

  it('is empty when nothing was compared', () => {
    const options = { ...optionsOf(fullAnalysis()), otherArm: 'nobody' };
    expect([markdownOf(options), textOf(options, plainPaint)]).toEqual(['', '']);
  });
});
