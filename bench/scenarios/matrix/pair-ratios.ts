// Plots the fair pairs: one row a pair, with the ratio of the two arms, for each endpoint that has
// one.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../report/charts/chart.ts';
import { titleLines } from '../../report/charts/long-titles.ts';
import { armColour, ink } from '../../report/charts/theme.ts';
import { labelLookup, linearTicks, logTicks } from '../../report/charts/ticks.ts';
import { formatRatio } from '../../report/format.ts';
import {
  contendingPairs,
  verdictComparisons,
  type ArmComparison,
  type MetricText,
  type ReportContext,
} from '../../report/report-context.ts';
import { pairOfNames } from './pair-table.ts';

/** Beyond this factor a row would leave no room for the others. */
const MOST_RATIO = 5;
/** Fewer rows are read as fast in the table. */
const FEWEST_ROWS = 3;

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
          `Ratio of ${metric.title} with its 95 % interval for each fair pair: ${rows.map((row) => `${row.pair} ${formatRatio({ ...row, value: row.ratio })}`).join('; ')}.`,
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
  };
}

interface Row {
  readonly pair: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly colour: string;
  /** Zone of practical equivalence by ratio. */
  readonly margin: number | undefined;
}

function rowsOf(
  { analysis }: ReportContext,
  point: LoadPointAnalysis,
  { id }: MetricText,
): readonly Row[] {
  return contendingPairs(point).flatMap((pair) => {
    const comparison = verdictComparisons(point, pair).find(({ metric }) => metric === id);
    if (comparison?.ratio === undefined || !isBelieved(comparison)) return [];
    const { value, low = value, high = value } = comparison.ratio;
    if (value > MOST_RATIO || value < 1 / MOST_RATIO) return [];
    const arm = analysis.plan.arms.find((candidate) => armName(candidate) === pair.otherArm);
    return [
      {
        pair: pairOfNames(point, pair),
        ratio: value,
        low,
        high,
        colour: arm === undefined ? ink.text : armColour(arm),
        margin: comparison.margin.ratio,
      },
    ];
  });
}

/** A chart shows no reasons, so a comparison that has no verdict for some reason stays out. */
function isBelieved({ verdict: { kind } }: ArmComparison): boolean {
  return kind !== 'invalid' && kind !== 'harness-limited' && kind !== 'withheld';
}

const WIDTH = 420;
const ROW_HEIGHT = 22;

function panelOf({ title }: MetricText, rows: readonly Row[]): ChartSpec {
  const margin = rows[0]?.margin;
  const zone = margin === undefined ? [] : [{ low: 1 / (1 + margin), high: 1 + margin }];
  const values = [...rows, ...zone].flatMap(({ low, high }) => [low, high]);
  const [bottom, top] = [Math.min(...values, 1) * 0.98, Math.max(...values, 1) * 1.02];
  const ticks = (top / bottom > 8 ? logTicks(bottom, top) : linearTicks(bottom, top, 6)).filter(
    (tick) => tick >= bottom && tick <= top,
  );
  const x = {
    field: 'low',
    type: 'quantitative',
    title: 'ratio',
    scale: { type: 'log', domain: [bottom, top], nice: false },
    axis: {
      values: ticks,
      labelExpr: labelLookup(ticks.map((tick) => [tick, String(tick)])),
      grid: true,
    },
  };
  const y = {
    field: 'pair',
    type: 'nominal',
    title: null,
    sort: rows.map(({ pair }) => pair),
    axis: { labelLimit: 360, labelColor: ink.text },
  };
  const color = { field: 'colour', type: 'nominal', scale: null, legend: null };
  return {
    title: { text: title, fontSize: 12, frame: 'group', offset: 10 },
    width: WIDTH,
    height: { step: ROW_HEIGHT },
    layer: [
      {
        data: { values: zone },
        mark: { type: 'rect', color: ink.zone, opacity: 0.2 },
        encoding: { x, x2: { field: 'high' } },
      },
      { data: { values: [{ low: 1 }] }, mark: { type: 'rule', color: ink.muted }, encoding: { x } },
      {
        data: { values: rows },
        mark: { type: 'rule', strokeWidth: 3 },
        encoding: { x, x2: { field: 'high' }, y, color },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, shape: 'diamond', size: 90, opacity: 1 },
        encoding: { x: { ...x, field: 'ratio' }, y, color },
      },
    ],
  };
}
