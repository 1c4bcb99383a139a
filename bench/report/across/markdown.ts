// Renders a comparison of runs as Markdown: the content of the text, with the statistics behind it and exploratory changes.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type { ArmChanges, Change, RunAgainstOld, RunComparison } from '../../analysis/across/run-comparison.ts';
import { formatDifferenceEstimate, formatEstimate, formatP, formatRatio, formatSetting, formatValue, UNKNOWN } from '../format.ts';
import { alertBlock, bulletList, code, foldedBlock, joinBlocks, left, renderTable, right, section } from '../markdown.ts';
import { metricText, type MetricText } from '../report-context.ts';
import { changeWords, formatChange, shortChangeWords } from './change-words.ts';
import {
  armHeading,
  banners,
  differenceCells,
  exploratoryChanges,
  newLabel,
  runTitle,
  verdictChanges,
  withheldReasons,
} from './comparison-parts.ts';
import { renderGatesMarkdown } from './gates.ts';

export interface ComparisonMarkdownOptions {
  readonly metrics: readonly MetricText[];
  readonly gates: readonly GateResult[];
}

/** The same comparison gives the same text, to the byte. */
export function renderComparisonMarkdown(comparison: RunComparison, { metrics, gates }: ComparisonMarkdownOptions): string {
  const blocks = [
    '# Old against new',
    `old: ${runTitle(comparison.old)}`,
    comparison.caveat,
    ...comparison.comparisons.map((against) =>
      section(`${newLabel(comparison, against)}: ${runTitle(against.new)}`, renderRun(against, metrics)),
    ),
    renderGatesMarkdown(gates, metrics),
    howToRead,
    section('Repeat it', [
      bulletList([
        `old: ${code(comparison.old.command)}`,
        ...comparison.comparisons.map((against) => `${newLabel(comparison, against)}: ${code(against.new.command)}`),
      ]),
    ]),
  ];
  return `${joinBlocks(blocks)}\n`;
}

function renderRun({ arms, differences, warnings }: RunAgainstOld, metrics: readonly MetricText[]): readonly string[] {
  const contenders = arms.filter(({ isContender }) => isContender);
  const alarms = contenders.flatMap(banners);
  return [
    differences.length === 0
      ? 'Machine and software: nothing that was recorded differs.'
      : renderTable([left('what differs'), left('old'), left('new')], differences.map(differenceCells)),
    alarms.length === 0 ? '' : alertBlock('CAUTION', alarms),
    bulletList([...warnings.map(({ message }) => message), ...withheldReasons(contenders).map((reason) => `no verdict: ${reason}`)]),
    ...contenders.map((arm) => renderArm(arm, metrics)),
    ...arms.map((arm) => renderExploratory(arm, metrics)),
  ];
}

function renderArm(arm: ArmChanges, metrics: readonly MetricText[]): string {
  const columns = [left('endpoint'), right('old'), right('new'), right('new/old [95 % CI]'), left('verdict')];
  const rows = verdictChanges(arm).map((change) => {
    const words = shortChangeWords(change);
    return [
      metricText(metrics, change.metric).title,
      formatValue(change.old?.value, change.unit),
      formatValue(change.new?.value, change.unit),
      formatChange(change),
      change.verdict.kind === 'better' || change.verdict.kind === 'worse' ? `**${words}**` : words,
    ];
  });
  return joinBlocks([
    `### ${armHeading(arm)}`,
    renderTable(columns, rows),
    foldedBlock('The statistics behind these verdicts', renderStatistics(arm, metrics)),
  ]);
}

function renderStatistics(arm: ArmChanges, metrics: readonly MetricText[]): string {
  const columns = [
    left('endpoint'),
    right('old [95 % CI]'),
    right('new [95 % CI]'),
    right('difference [95 % CI]'),
    left('negligible within'),
    right('p (Welch)'),
    right('p (Holm)'),
    right('p equivalence (Holm)'),
  ];
  const rows = verdictChanges(arm).map((change) => {
    const { title } = metricText(metrics, change.metric);
    return [
      change.endpoint === undefined ? title : `${change.endpoint} ${title}`,
      formatEstimate(change.old, change.unit),
      formatEstimate(change.new, change.unit),
      formatDifferenceEstimate(change.difference, change.unit),
      marginWords(change),
      formatP(change.p),
      formatP(change.adjustedP),
      formatP(change.adjustedTostP),
    ];
  });
  return renderTable(columns, rows);
}

function marginWords({ margin: { ratio, absolute }, unit }: Change): string {
  const words = [
    ...(ratio === undefined ? [] : [formatSetting(ratio, 'ratio')]),
    ...(absolute === undefined ? [] : [formatSetting(absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}

function renderExploratory(arm: ArmChanges, metrics: readonly MetricText[]): string {
  const columns = [
    left('metric'),
    right('old [95 % CI]'),
    right('new [95 % CI]'),
    right('new/old [95 % CI]'),
    right('difference [95 % CI]'),
    right('p (BH)'),
    left('marked'),
  ];
  const rows = exploratoryChanges(arm).map((change) => [
    metricText(metrics, change.metric).title,
    formatEstimate(change.old, change.unit),
    formatEstimate(change.new, change.unit),
    formatRatio(change.ratio),
    formatDifferenceEstimate(change.difference, change.unit),
    formatP(change.adjustedP),
    changeWords(change),
  ]);
  return foldedBlock(`Exploratory: ${armHeading(arm)}`, renderTable(columns, rows));
}

const howToRead = section('How to read this', [
  bulletList([
    'A trial is the unit. The runs are independent samples: Welch’s t on logarithms where the metric is a ratio, on plain values where it is a difference.',
    '“better” and “worse” are shown (Holm over all endpoints, arms, load points and runs of this comparison) and lie beyond the margin; “size uncertain” is shown, but may be negligible.',
    '“equivalent” is shown to lie within the margin, by two one-sided tests. “~” shows nothing, in particular not that nothing changed.',
    'Counted bytes are compared value by value, over the workloads that both runs drew.',
    'Exploratory metrics were not declared beforehand: of the marked rows about one in ten may be chance (Benjamini–Hochberg, 10 %).',
  ]),
]);
