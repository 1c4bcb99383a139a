// Plots the fair pairs: one row a pair, with the ratio of the two arms, for each endpoint that has
// one.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../report/charts/chart.ts';
import { titleLines } from '../../report/charts/long-titles.ts';
import {
  FEWEST_ROWS,
  isShown,
  ratioRows,
  ratioTable,
  type RatioRow,
} from '../../report/charts/ratio-rows.ts';
import { armColourOf } from '../../report/charts/theme.ts';
import { formatRatio } from '../../report/format.ts';
import {
  contendingPairs,
  verdictComparisons,
  type MetricText,
  type ReportContext,
} from '../../report/report-context.ts';
import { floorOf } from '../../report/page/effects-chart.ts';
import { pairOfNames } from './pair-table.ts';

/** Beyond this factor a row would leave no room for the others. */
const MOST_RATIO = 5;

/** undefined when too few pairs have a ratio. */
export function planPairRatios(
  context: ReportContext,
  point: LoadPointAnalysis,
): ChartPlan | undefined {
  const panels = context.metrics
    .filter(({ endpoint }) => endpoint !== undefined)
    .map((metric) => ({ metric, rows: rowsOf(context, point, metric) }))
    .filter(({ rows }) => rows.length >= FEWEST_ROWS);
  if (panels.length === 0) return undefined;
  const title = `Fair pairs, ${loadPointTitle(point.loadPoint)}`;
  return {
    file: `pair-ratios-${slug(loadPointKey(point.loadPoint))}.svg`,
    title,
    alt: panels
      .map(
        ({ metric, rows }) =>
          `Ratio of ${metric.title} with its 95 % interval for each fair pair: ${rows.map((row) => `${row.name} ${formatRatio({ ...row, value: row.ratio })}`).join('; ')}.`,
      )
      .join(' '),
    spec: {
      title: {
        text: titleLines(title),
        subtitle: [
          'mean over blocks with its 95 % interval; shaded: negligible by ratio; left of 1: less',
          `ratios beyond ${MOST_RATIO} are in the table alone`,
        ],
        offset: 16,
      },
      columns: 1,
      spacing: 32,
      concat: panels.map(({ metric, rows }) => panelOf(metric, rows)),
    },
    values: ratioTable(
      panels.flatMap(({ metric, rows }) =>
        rows.map((row) => ({ ...row, name: `${metric.title}: ${row.name}` })),
      ),
      'fair pair',
    ),
  };
}

interface PairRow extends RatioRow {
  /** The margin of the endpoint, which is the same in all pairs. */
  readonly margin: number | undefined;
}

function rowsOf(
  { analysis }: ReportContext,
  point: LoadPointAnalysis,
  { id }: MetricText,
): readonly PairRow[] {
  return contendingPairs(point).flatMap((pair) => {
    const comparison = verdictComparisons(point, pair).find(({ metric }) => metric === id);
    if (comparison?.ratio === undefined || !isShown(comparison.verdict)) return [];
    const { value, low = value, high = value } = comparison.ratio;
    if (value > MOST_RATIO || value < 1 / MOST_RATIO) return [];
    return [
      {
        name: pairOfNames(point, pair),
        ratio: value,
        low,
        high,
        colour: armColourOf(analysis, pair.otherArm),
        margin: comparison.margin.ratio,
        floor: floorOf(point, id),
      },
    ];
  });
}

function panelOf({ title }: MetricText, rows: readonly PairRow[]): ChartSpec {
  return {
    title: { text: title, fontSize: 12, frame: 'group', offset: 10 },
    ...ratioRows(rows, { width: 420, labelLimit: 360, margin: rows[0]?.margin }),
  };
}
