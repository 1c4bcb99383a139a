import { describe, expect, it } from 'vitest';
import { widthOf } from '../report-fixture.ts';
import { plainPaint } from '../paint.ts';
import { fixtureSuite } from './fixture-suite.ts';
import { renderSuiteReport } from './suite-report.ts';
import { renderSuiteTerminal } from './suite-terminal.ts';

const terminalOf = (isBroken: boolean): string =>
  renderSuiteTerminal(fixtureSuite({ isBroken }), {
    paint: plainPaint,
    reportPath: 'reports/x/report.md',
  });

it.each([
  ['suite.md', () => renderSuiteReport(fixtureSuite())],
  ['suite.txt', () => terminalOf(false)],
  ['suite-invalid.md', () => renderSuiteReport(fixtureSuite({ isBroken: true }))],
])('%s is the one that was read and approved', async (name, render) => {
  await expect(render()).toMatchFileSnapshot(`../golden/${name}`);
});

const headings = (text: string, level: number): readonly string[] =>
  (text.match(new RegExp(`^#{${level}} .*$`, 'gm')) ?? []).map((line) => line.slice(level + 1));

describe('the report of a suite', () => {
  it('has one title, a chapter for each scenario, the claims, the reports and how to repeat it', () => {
    const text = renderSuiteReport(fixtureSuite());
    expect(headings(text, 1)).toEqual([
      'SSE or WebSocket? stream, reconnect (stream-reconnect-standard)',
    ]);
    expect(headings(text, 2)).toEqual([
      'SSE or WebSocket for streaming LLM tokens? (stream)',
      'SSE or WebSocket when connections break? (reconnect)',
      'What this says of the claims',
      'Reports',
      'Repeat it',
    ]);
    expect(headings(text, 3)).toEqual(['Verdicts', 'Thresholds', 'Verdicts']);
  });

  it('shows the first charts of each part from where they are, and names the report that has all', () => {
    const text = renderSuiteReport(fixtureSuite());
    expect(text.match(/!\[.*\]\(.*\)/g)).toEqual([
      '![what load-sweep shows](stream/charts/load-sweep.svg)',
      '![what delivery-quantiles-100 shows](stream/charts/delivery-quantiles-100.svg)',
      '![what fault-ratios shows](reconnect/charts/fault-ratios.svg)',
    ]);
    expect(text).toContain('[stream/report.md](stream/report.md)');
  });

  it('says above everything else which scenarios prove nothing', () => {
    const text = renderSuiteReport(fixtureSuite({ isBroken: true }));
    const [before = ''] = text.split('\n## ');
    expect(before).toContain('> - stream: **INVALID**, **HARNESS-LIMITED**, **INCOMPLETE**');
    expect(renderSuiteReport(fixtureSuite())).not.toContain('> [!');
  });

  it('names no winner, and says that the correction does not reach across scenarios', () => {
    const text = renderSuiteReport(fixtureSuite());
    expect(text.toLowerCase()).not.toMatch(
      /no difference|the winner is|is the (?:overall )?winner|wins overall/,
    );
    expect(text).toContain('Each scenario is a family of tests of its own');
  });
});

describe('the end of a suite', () => {
  it.each([false, true])('fits 100 columns (broken: %s)', (isBroken) => {
    expect(widthOf(terminalOf(isBroken))).toBeLessThanOrEqual(100);
  });

  it('has what each part would have printed, the claims, and one path', () => {
    const text = terminalOf(false);
    expect(text.match(/^report: .*$/gm)).toEqual(['report: reports/x/report.md']);
    expect(text.match(/^\S+: scenario \w+/gm)).toEqual([
      'stream: scenario stream',
      'reconnect: scenario reconnect',
    ]);
    expect(text).toMatch(/^claim +verdict +figure \[95 % CI\] +condition$/m);
  });
});
