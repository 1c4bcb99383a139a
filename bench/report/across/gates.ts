// Renders the outcome of each gate of --fail-if-worse: as text for a terminal of 100 columns, and as a section of Markdown.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type { MetricUnit } from '../../analysis/analysis.ts';
import { formatDifference, formatP, formatPercent, formatSetting } from '../format.ts';
import { joinBlocks, left, renderTable, right, section } from '../markdown.ts';
import { loadCell, loadHeading, metricText, type MetricText } from '../report-context.ts';
import type { Paint } from '../verdict-table.ts';
import { renderTextTable } from './text-table.ts';

/** Wide enough for `ws against sse` and `sse/library, new 2`. */
const MOST_ARM_COLUMNS = 20;

const stateWords: Record<GateResult['state'], string> = { passed: 'passed', failed: 'FAILED', 'not-shown': 'not shown' };
const stateStyles = { passed: 'green', failed: 'red', 'not-shown': 'yellow' } as const;

/** Empty without gates. */
export function renderGatesText(results: readonly GateResult[], metrics: readonly MetricText[], paint: Paint): string {
  if (results.length === 0) return '';
  const subjectOf = subjectWords(results);
  const rows = results.map((result) => ({
    cells: [
      result.metric,
      subjectOf(result),
      loadCell(result.loadPoint),
      ...numbers(result, unitOf(result, metrics)),
      formatP(result.worseP),
      resultWords(result),
    ],
    style: (text: string): string => paint(stateStyles[result.state], text),
  }));
  const arm = { ...left('arm'), mostWidth: MOST_ARM_COLUMNS };
  const columns = [
    left('fails if worse'),
    arm,
    right(loadHeading(results.map(({ loadPoint }) => loadPoint))),
    right('margin'),
    right('worsening'),
    right('p'),
    left('result'),
  ];
  return `${renderTextTable({ columns, rows }, paint)}\n${paint('bold', countWords(results))}`;
}

/** A section; empty without gates. */
export function renderGatesMarkdown(results: readonly GateResult[], metrics: readonly MetricText[]): string {
  if (results.length === 0) return '';
  const columns = [
    left('metric'),
    left('arm'),
    right(loadHeading(results.map(({ loadPoint }) => loadPoint))),
    right('fails if worse by more than'),
    right('worse by'),
    right('p (it is)'),
    right('p (it is not)'),
    left('result'),
  ];
  const subjectOf = subjectWords(results);
  const rows = results.map((result) => [
    result.metric,
    subjectOf(result),
    loadCell(result.loadPoint),
    ...numbers(result, unitOf(result, metrics)),
    formatP(result.worseP),
    formatP(result.notWorseP),
    result.state === 'failed' ? `**${resultWords(result)}**` : resultWords(result),
  ]);
  return section('Gates', [
    joinBlocks([
      `${countWords(results)}.`,
      renderTable(columns, rows),
      'A gate fails only where a worsening beyond its margin is shown: one-sided p below 0.05 after Holm’s correction over all gates. It is passed where it is shown' +
        ' that there is none. Counted metrics are compared value by value. What cannot be trusted counts as failed.',
    ]),
  ]);
}

/** The arm and, among several runs, the number that the run has beside its changes. */
function subjectWords(results: readonly GateResult[]): (result: GateResult) => string {
  const runs = [...new Set(results.map(({ run }) => run))];
  return ({ subject, run }) => (runs.length === 1 ? subject : `${subject}, new ${runs.indexOf(run) + 1}`);
}

function unitOf({ metric }: GateResult, metrics: readonly MetricText[]): MetricUnit {
  return metricText(metrics, metric).unit;
}

/** A change of less than 0.01 % is irrelevant, and its digits are noise. */
const FINEST_SHARE = 1e-4;

/** The margin, and the measured change on the same scale. */
function numbers({ margin, seen }: GateResult, unit: MetricUnit): readonly [string, string] {
  if (margin.kind === 'amount') return [formatSetting(margin.amount, unit), formatDifference(seen, unit)];
  const rounded = seen === undefined ? undefined : Math.round(seen / FINEST_SHARE) * FINEST_SHARE;
  return [formatSetting(margin.share, 'ratio'), (rounded !== undefined && rounded > 0 ? '+' : '') + formatPercent(rounded, 2)];
}

function resultWords({ state, reason }: GateResult): string {
  return reason === undefined ? stateWords[state] : `${stateWords[state]}: ${reason}`;
}

function countWords(results: readonly GateResult[]): string {
  const count = (state: GateResult['state']): number => results.filter((result) => result.state === state).length;
  return `${count('failed')} failed, ${count('passed')} passed, ${count('not-shown')} not shown`;
}
