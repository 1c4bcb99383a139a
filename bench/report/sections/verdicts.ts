// Renders the verdicts: one table per load point, one plain sentence per endpoint, doubts beside
// them, and the statistics behind.

import type { Comparison, LoadPointAnalysis, PairNames } from '../../analysis/analysis.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatEstimate,
  formatP,
  formatRatio,
  formatSetting,
  UNKNOWN,
} from '../format.ts';
import {
  details,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
} from '../blocks.ts';
import {
  contendingPairs,
  metricText,
  pairTitle,
  pairTitles,
  verdictComparisons,
  type ArmComparison,
  type ReportContext,
} from '../report-context.ts';
import { verdictTable } from '../verdict-table.ts';

export function renderVerdicts(context: ReportContext): readonly Block[] {
  const { loadPoints } = context.analysis;
  return section(
    'Verdicts',
    loadPoints.flatMap((point) =>
      contendingPairs(point).map((pair) => renderPair(context, point, pair)),
    ),
  );
}

interface ShownPair extends PairNames {
  /** A paragraph below the heading. */
  readonly note?: string;
}

/** The heading, the table and the sentences of one pair, with the statistics behind them. */
export function renderPair(
  context: ReportContext,
  point: LoadPointAnalysis,
  { note = '', ...pair }: ShownPair,
): Content {
  const { analysis } = context;
  const comparisons = verdictComparisons(point, pair);
  // Exactly counted numbers are their own verdict: the table shows all of them.
  const judged = comparisons.filter(({ verdict }) => verdict.kind !== 'exact');
  const sentences = judged
    .map((comparison) => comparison.sentence)
    .filter((sentence) => sentence !== '');
  return [
    heading(3, `${pairTitle(analysis, pair)}, ${loadPointTitle(point.loadPoint)}`),
    note,
    verdictTable({ context, point, ...pair }),
    list(sentences),
    doubts(context, comparisons),
    details(
      'The statistics behind these verdicts',
      renderStatistics(
        context,
        judged.map((comparison) => ({ label: labelOf(context, comparison), comparison })),
        'endpoint',
      ),
    ),
  ];
}

function doubts({ metrics }: ReportContext, comparisons: readonly ArmComparison[]): Content {
  const lines = comparisons.flatMap((one) =>
    one.warnings.map((warning) => `${metricText(metrics, one.metric).title}: ${warning.message}`),
  );
  return lines.length === 0 ? [] : ['Reasons for doubt:', list(lines)];
}

function labelOf({ metrics }: ReportContext, { endpoint, metric }: ArmComparison): string {
  const { title } = metricText(metrics, metric);
  return endpoint === undefined ? title : `${endpoint} ${title}`;
}

interface LabelledComparison {
  readonly label: string;
  readonly comparison: ArmComparison;
}

/**
 * All numbers behind comparisons of one pair of arms, one row each; `labels` says what the
 * labels name.
 */
export function renderStatistics(
  { analysis, metrics }: ReportContext,
  rows: readonly LabelledComparison[],
  labels: string,
): Content {
  const [baseline, other] = pairTitles(analysis, rows[0]?.comparison ?? { otherArm: '' });
  const columns = [
    left(labels),
    right(`${baseline} [95 % CI]`),
    right(`${other} [95 % CI]`),
    right('difference [95 % CI]'),
    left('negligible within'),
    right('blocks'),
    right('p (sign flip)'),
    right('p (Holm)'),
    right('p equivalence (Holm)'),
    right('order effect [95 % CI]'),
  ];
  const cells = rows.map(({ label, comparison: one }) => {
    const { unit } = metricText(metrics, one.metric);
    return [
      label,
      formatEstimate(one.baseline, unit),
      formatEstimate(one.other, unit),
      formatDifferenceEstimate(one.difference, unit),
      marginWords(one.margin, unit),
      formatCount(one.blocks),
      formatP(one.signFlipP),
      formatP(one.adjustedP),
      formatP(one.adjustedTostP ?? one.tostP),
      orderEffect(one),
    ];
  });
  return [
    table(columns, cells),
    'Holm adjusts for all endpoints and load points of the run. Equivalence is two one-sided tests against the margin.' +
      ' The order effect is the factor on the ratio where the baseline ran first in its block; its interval should include 1.',
  ];
}

function marginWords({ ratio, absolute }: Comparison['margin'], unit: MetricUnit): string {
  const words = [
    ...(ratio === undefined ? [] : [formatSetting(ratio, 'ratio')]),
    ...(absolute === undefined ? [] : [formatSetting(absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}

/** The analysis fits it on the log ratio. */
function orderEffect({ orderEffect: effect }: Comparison): string {
  return effect === undefined
    ? UNKNOWN
    : formatRatio({
        value: Math.exp(effect.value),
        low: unlogged(effect.low),
        high: unlogged(effect.high),
      });
}

function unlogged(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.exp(value);
}
