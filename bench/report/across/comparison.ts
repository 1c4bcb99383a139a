// Writes a comparison of runs as blocks: the content of the text, with the statistics behind it and
// exploratory changes.

import type { GateResult } from '../../analysis/across/regression-gates.ts';
import type {
  ArmChanges,
  Change,
  RunAgainstOld,
  RunComparison,
} from '../../analysis/across/run-comparison.ts';
import {
  formatDifferenceEstimate,
  formatEstimate,
  formatP,
  formatRatio,
  formatSetting,
  UNKNOWN,
} from '../format.ts';
import {
  alert,
  details,
  flow,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type Details,
  type Table,
} from '../blocks.ts';
import { code } from '../inline.ts';
import { metricText, type MetricText } from '../report-context.ts';
import { chartFigures, type ChartLink } from '../sections/chart-links.ts';
import { changeChartFile } from './change-charts.ts';
import { changeWords } from './change-words.ts';
import {
  armHeading,
  banners,
  changeTable,
  differenceTable,
  exploratoryChanges,
  newLabel,
  runTitle,
  verdictChanges,
  withheldReasons,
} from './comparison-parts.ts';
import { renderGates } from './gates.ts';

export interface ComparisonOptions {
  readonly metrics: readonly MetricText[];
  readonly gates: readonly GateResult[];
  /** Charts of planChanges, for a format that shows them. */
  readonly charts?: readonly ChartLink[];
}

/** The same comparison gives the same blocks. */
export function comparisonBlocks(
  comparison: RunComparison,
  { metrics, gates, charts = [] }: ComparisonOptions,
): readonly Block[] {
  return flow([
    heading(1, 'Old against new'),
    `old: ${runTitle(comparison.old)}`,
    comparison.caveat,
    ...comparison.comparisons.map((against) =>
      section(
        `${newLabel(comparison, against)}: ${runTitle(against.new)}`,
        renderRun(
          against,
          metrics,
          charts.filter(({ file }) => file === changeChartFile(comparison, against)),
        ),
      ),
    ),
    renderGates(gates, metrics),
    howToRead,
    section('Repeat it', [
      list([
        `old: ${code(comparison.old.command)}`,
        ...comparison.comparisons.map(
          (against) => `${newLabel(comparison, against)}: ${code(against.new.command)}`,
        ),
      ]),
    ]),
  ]);
}

function renderRun(
  against: RunAgainstOld,
  metrics: readonly MetricText[],
  charts: readonly ChartLink[],
): Content {
  const { arms, differences, warnings } = against;
  const contenders = arms.filter(({ isContender }) => isContender);
  const alarms = contenders.flatMap(banners);
  return [
    differences.length === 0
      ? 'Machine and software: nothing that was recorded differs.'
      : differenceTable(against),
    alarms.length === 0 ? [] : alert('caution', list(alarms)),
    list([
      ...warnings.map(({ message }) => message),
      ...withheldReasons(contenders).map((reason) => `no verdict: ${reason}`),
    ]),
    chartFigures(charts),
    ...contenders.map((arm) => renderArm(arm, metrics)),
    ...arms.map((arm) => renderExploratory(arm, metrics)),
  ];
}

function renderArm(arm: ArmChanges, metrics: readonly MetricText[]): Content {
  return [
    heading(3, armHeading(arm)),
    changeTable(arm, metrics),
    details('The statistics behind these verdicts', renderStatistics(arm, metrics)),
  ];
}

function renderStatistics(arm: ArmChanges, metrics: readonly MetricText[]): Table {
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
  return table(columns, rows);
}

function marginWords({ margin: { ratio, absolute }, unit }: Change): string {
  const words = [
    ...(ratio === undefined ? [] : [formatSetting(ratio, 'ratio')]),
    ...(absolute === undefined ? [] : [formatSetting(absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}

function renderExploratory(arm: ArmChanges, metrics: readonly MetricText[]): Details {
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
  return details(`Exploratory: ${armHeading(arm)}`, table(columns, rows));
}

const howToRead = section('How to read this', [
  list([
    'A trial is the unit. The runs are independent samples: Welch’s t on logarithms where the metric is a ratio, on plain values where it is a difference.',
    '“better” and “worse” are shown (Holm over all endpoints, arms, load points and runs of this comparison) and lie beyond the margin; “size uncertain” is shown, but may be negligible.',
    '“equivalent” is shown to lie within the margin, by two one-sided tests. “~” shows nothing, in particular not that nothing changed.',
    'Counted bytes are compared value by value, over the workloads that both runs drew.',
    'Exploratory metrics were not declared beforehand: of the marked rows about one in ten may be chance (Benjamini–Hochberg, 10 %).',
  ]),
]);
