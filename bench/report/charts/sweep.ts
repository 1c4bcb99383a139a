// Plots metrics against what a run sweeps: panels side by side, a line for each arm, with intervals
// over trials.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { left, right, table, type Table } from '../blocks.ts';
import { formatCount, formatEstimate } from '../format.ts';
import { armTitle, type ReportContext } from '../report-context.ts';
import { armChannels } from './arm-channels.ts';
import type { ChartPlan, ChartSpec } from './chart.ts';
import { toldChannel, toldMark } from './hover.ts';
import { labelLookup, logTicks, ticksFromZero, unitLabels } from './ticks.ts';

/** One value of the sweep. */
interface SweepPoint {
  readonly at: number;
  readonly point: LoadPointAnalysis;
}

interface SweptMetric {
  readonly metric: string;
  /** `linear` when absent. */
  readonly scale?: 'log' | 'linear';
}

export interface SweepOptions extends Pick<ChartPlan, 'file' | 'title' | 'alt'> {
  readonly subtitle: string;
  /** Ordered by rising value. */
  readonly points: readonly SweepPoint[];
  /** The quantity that is swept. */
  readonly axis: string;
  /** In order of preference: those that were measured are drawn, until there are `mostPanels`. */
  readonly metrics: readonly SweptMetric[];
  readonly mostPanels?: number;
  /** Number of values at which a metric must have been measured; 1 when absent. */
  readonly leastPoints?: number;
  readonly panelSize: readonly [width: number, height: number];
  readonly legendWidth: number;
  readonly spacing: number;
  /** Space at both ends of the axis, as a share of its length; 0.08 when absent. */
  readonly margin?: number;
}

/** undefined when none of the metrics was measured. */
export function planSweep(context: ReportContext, options: SweepOptions): ChartPlan | undefined {
  const { file, title, alt, subtitle, spacing, mostPanels, leastPoints = 1 } = options;
  const drawn = options.metrics
    .map((swept) => ({ swept, rows: rowsOf(context, options, swept) }))
    .filter(({ rows }) => rows.length > 0 && new Set(rows.map(({ at }) => at)).size >= leastPoints)
    .slice(0, mostPanels);
  if (drawn.length === 0) return undefined;
  return {
    file,
    title,
    alt,
    spec: {
      title: { text: title, subtitle, offset: 16 },
      spacing,
      hconcat: drawn.map((panel) => panelOf(context, options, panel)),
      resolve: { scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' } },
    },
    values: valuesOf(
      options,
      drawn.flatMap(({ rows }) => rows),
    ),
  };
}

function valuesOf({ axis }: SweepOptions, rows: readonly Row[]): Table {
  return table(
    [left('metric'), right(axis), left('arm'), right('mean [95 % CI]')],
    rows.map(({ metric, at, arm, words }) => [metric, formatCount(at), arm, words]),
  );
}

interface Row {
  readonly metric: string;
  readonly words: string;
  readonly tip: string;
  readonly arm: string;
  readonly at: number;
  /**
   * Position at which it is drawn: arms stand beside each other, or their intervals would hide one
   * another.
   */
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Distance of arms, as a share of the axis, whose scale is logarithmic. */
const SIDESTEP = 0.02;

function rowsOf(
  { analysis: { plan }, metrics }: ReportContext,
  { points, axis }: SweepOptions,
  { metric, scale }: SweptMetric,
): readonly Row[] {
  const span = spanOf(points);
  const text = metrics.find(({ id }) => id === metric);
  const title = text?.title ?? metric;
  return points.flatMap(({ at, point }) =>
    plan.arms.flatMap((arm, index) => {
      const estimate = point.summaries.find(
        (one) => one.metric === metric && one.arm === armName(arm),
      )?.estimate;
      if (estimate === undefined || (scale === 'log' && !(estimate.value > 0))) return [];
      const { value, low = value, high = value } = estimate;
      const x = at * span ** (SIDESTEP * (index - (plan.arms.length - 1) / 2));
      // An interval of an arithmetic mean may reach below zero, where a logarithm is undefined.
      const words = formatEstimate(estimate, text?.unit ?? 'count');
      return [
        {
          metric: title,
          words,
          tip: `${armTitle(arm)}, ${formatCount(at)} ${axis}: ${words}`,
          arm: armTitle(arm),
          at,
          x,
          value,
          low: Math.max(low, scale === 'log' ? value / 10 : 0),
          high,
        },
      ];
    }),
  );
}

function spanOf(points: readonly SweepPoint[]): number {
  return (points.at(-1)?.at ?? 1) / (points[0]?.at ?? 1);
}

function panelOf(
  { analysis, metrics }: ReportContext,
  { points, axis, panelSize: [width, height], legendWidth, margin = 0.08 }: SweepOptions,
  {
    swept: { metric, scale = 'linear' },
    rows,
  }: { readonly swept: SweptMetric; readonly rows: readonly Row[] },
): ChartSpec {
  const text = metrics.find(({ id }) => id === metric);
  const values = points.map(({ at }) => at);
  const room = spanOf(points) ** margin;
  const highest = Math.max(...rows.map((row) => row.high));
  const ticks =
    scale === 'log'
      ? logTicks(Math.min(...rows.map((row) => row.low)), highest)
      : ticksFromZero(highest);
  const { color, strokeDash } = armChannels(analysis.plan.arms, {
    orient: 'bottom',
    width: legendWidth,
  });
  const x = {
    field: 'x',
    type: 'quantitative',
    title: axis,
    scale: {
      type: 'log',
      domain: [(values[0] ?? 1) / room, (values.at(-1) ?? 1) * room],
      nice: false,
    },
    axis: {
      values,
      labelExpr: labelLookup(values.map((value) => [value, formatCount(value)])),
      labelFlush: false,
      labelOverlap: false,
    },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { type: scale, domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, text?.unit ?? 'count') },
  };
  return {
    title: { text: text?.title ?? metric, fontSize: 12, frame: 'group', offset: 12 },
    width,
    height,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, ...toldMark },
        encoding: {
          x,
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          color,
          ...toldChannel,
        },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1, ...toldMark },
        encoding: { x, y, color, ...toldChannel },
      },
    ],
  };
}
