import { expect, it } from 'vitest';
import type { Analysis } from '../../analysis/analysis.ts';
import { fixtureMetrics } from '../fixture-metrics.ts';
import { fullAnalysis, invalidAnalysis } from '../report-fixture.ts';
import { joinOpenMetrics, renderOpenMetrics } from './openmetrics.ts';

const textOf = (analysis: Analysis): string =>
  renderOpenMetrics({ analysis, metrics: fixtureMetrics });

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const ESCAPED = String.raw`(?:[^"\\\n]|\\["\\n])*`;
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`;
const SAMPLE = new RegExp(
  String.raw`^(${NAME})\{((?:${LABEL})(?:,${LABEL})*)\} -?\d+(?:\.\d+)?(?:e[+-]?\d+)?$`,
);
const DESCRIPTOR = new RegExp(
  String.raw`^# (?:TYPE (${NAME}) (gauge|info)|UNIT (${NAME}) (\S+)|HELP (${NAME}) ${ESCAPED})$`,
);

/** The rules of the specification that a text of gauges and infos can break. */
function faultsOf(text: string): readonly string[] {
  const faults: string[] = [];
  if (!text.endsWith('\n# EOF\n')) faults.push('no end');
  const seen = new Set<string>();
  const series = new Set<string>();
  let family = { name: '', type: '' };
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    const descriptor = DESCRIPTOR.exec(line);
    if (descriptor !== null) {
      const [, typed, type = '', united, unit, helped] = descriptor;
      if (typed !== undefined) {
        if (seen.has(typed)) faults.push(`${typed} comes twice`);
        seen.add(typed);
        family = { name: typed, type };
      } else if ((united ?? helped) !== family.name) faults.push(`${line} of another family`);
      if (united !== undefined && !united.endsWith(`_${unit}`)) faults.push(`${united}: ${unit}`);
      continue;
    }
    const sample = SAMPLE.exec(line);
    const name = family.name + (family.type === 'info' ? '_info' : '');
    if (sample?.[1] !== name) faults.push(line);
    const key = line.slice(0, line.lastIndexOf(' '));
    if (series.has(key)) faults.push(`${key} comes twice`);
    series.add(key);
  }
  return faults;
}

it('keeps to the grammar of the standard', () => {
  expect(faultsOf(textOf(fullAnalysis()))).toEqual([]);
  expect(faultsOf('# TYPE a gauge\nb{c="d"} 1\n# EOF\n')).toEqual(['b{c="d"} 1']);
});

it('gives times in seconds, with both ends of the interval', () => {
  const summaries = [
    {
      metric: 'delivery.p50',
      arm: 'ws',
      estimate: { value: 2_000_000, low: 1_500_000, high: 2_500_000, trials: 9 },
      values: [],
      note: undefined,
    },
  ];
  const analysis = fullAnalysis();
  const [point] = analysis.loadPoints;
  const lines = textOf({ ...analysis, loadPoints: [{ ...point!, summaries }] }).split('\n');
  expect(lines.filter((line) => line.startsWith('streamduel_delivery_p50_seconds'))).toEqual(
    [
      ['mean', '0.002'],
      ['low95', '0.0015'],
      ['high95', '0.0025'],
    ].map(
      ([estimate, value]) =>
        `streamduel_delivery_p50_seconds{scenario="stream",arm="ws",load="100 connections",estimate="${estimate}"} ${value}`,
    ),
  );
});

it('leaves out a load point that cannot be believed, and says so with 0', () => {
  const text = textOf(invalidAnalysis());
  expect(faultsOf(text)).toEqual([]);
  expect(text).toMatch(/^streamduel_load_point_believed\{[^}]*\} 0$/m);
  expect(text).not.toContain('streamduel_delivery');
  expect(text).not.toContain('streamduel_verdict');
});

it('a name with quotes, backslashes and line breaks stays one label', () => {
  const text = textOf({ ...fullAnalysis(), name: 'a"b\\c\nd' });
  expect(faultsOf(text)).toEqual([]);
  expect(text).toContain(String.raw`run="a\"b\\c\nd"`);
});

/** With the empty line at the end. */
function samples(text: string): number {
  return text.split('\n').filter((line) => !line.startsWith('#')).length;
}

it('runs of a suite are one text, each family once', () => {
  const analysis = fullAnalysis();
  const burst = { ...analysis, plan: { ...analysis.plan, scenario: 'burst' as const } };
  const joined = joinOpenMetrics([textOf(analysis), textOf(burst)]);
  expect(faultsOf(joined)).toEqual([]);
  expect(samples(joined) - 1).toBe(2 * (samples(textOf(analysis)) - 1));
});
