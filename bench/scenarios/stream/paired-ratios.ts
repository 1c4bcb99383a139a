// Plots the ratio of every block in the order of the run: shows drift, outliers and whether the
// order within a block matters.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { left, right, table, type Table } from '../../report/blocks.ts';
import { formatRatio } from '../../report/format.ts';
import {
  armTitleOf,
  metricText,
  type ArmComparison,
  type ReportContext,
} from '../../report/report-context.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../report/charts/chart.ts';
import { toldChannel, toldMark } from '../../report/charts/hover.ts';
import { legendColumns, titleLines } from '../../report/charts/long-titles.ts';
import { armColourOf, ink } from '../../report/charts/theme.ts';
import { labelLookup, linearTicks, logTicks } from '../../report/charts/ticks.ts';

const chartedEndpoints: ReadonlySet<string> = new Set(['P1', 'P3', 'P9', 'P4', 'P5']);

/** undefined when no charted endpoint was compared. */
export function planPairedRatios(
  context: ReportContext,
  point: LoadPointAnalysis,
  otherArm: string,
): ChartPlan | undefined {
  const { analysis } = context;
  const charted = point.comparisons.filter(
    (one) =>
      one.otherArm === otherArm &&
      one.ratio !== undefined &&
      one.pairs.length > 0 &&
      chartedEndpoints.has(one.endpoint ?? ''),
  );
  if (charted.length === 0) return undefined;
  const [other, baseline] = [
    armTitleOf(analysis, otherArm),
    armTitleOf(analysis, analysis.baseline),
  ];
  // Blocks of all panels: an endpoint that some blocks do not support has fewer, and the axis is
  // shared.
  const blocks = charted.flatMap(({ pairs }) => pairs.map(({ block }) => block));
  const title = `${other} / ${baseline}, block by block, ${loadPointTitle(point.loadPoint)}`;
  return {
    file: `paired-ratios-${slug(loadPointKey(point.loadPoint))}-${slug(otherArm)}.svg`,
    title,
    alt:
      `Ratio of ${other} to ${baseline} for each block in run order, one panel per endpoint: ` +
      `${charted.map((one) => `${metricText(context.metrics, one.metric).title} ${formatRatio(one.ratio)}`).join('; ')}.` +
      ' Dots below 1 mean a smaller number for the other arm.',
    spec: {
      title: {
        text: titleLines(title),
        subtitle: 'shaded: negligible by ratio; "all": mean of the blocks with its 95 % interval',
        offset: 16,
      },
      columns: 2,
      spacing: { row: 28, column: 36 },
      concat: charted.map((one) => panel(context, one, { other, baseline, blocks })),
      resolve: { scale: { y: 'independent', x: 'shared', shape: 'shared' } },
    },
    values: valuesOf(context, charted, { other, baseline }),
  };
}

function valuesOf(
  { metrics }: ReportContext,
  charted: readonly ArmComparison[],
  { other, baseline }: Pick<PanelFrame, 'other' | 'baseline'>,
): Table {
  return table(
    [left('endpoint'), right('block'), right('ratio'), left('ran first')],
    charted.flatMap((one) =>
      one.pairs.map((pair) => [
        metricText(metrics, one.metric).title,
        String(pair.block),
        formatRatio({ value: pair.other / pair.baseline, low: undefined, high: undefined }),
        pair.baselineFirst ? baseline : other,
      ]),
    ),
  );
}

/** Width of two panels, less the title of the legend. */
const LEGEND_WIDTH = 480;

interface PanelFrame {
  readonly other: string;
  readonly baseline: string;
  readonly blocks: readonly number[];
}

function panel(
  { analysis, metrics }: ReportContext,
  comparison: ArmComparison,
  { other, baseline, blocks }: PanelFrame,
): ChartSpec {
  const { ratio, pairs, margin } = comparison;
  const points = pairs.map((pair) => ({
    block: pair.block,
    ratio: pair.other / pair.baseline,
    first: pair.baselineFirst ? baseline : other,
    tip: `block ${pair.block}: ${formatRatio({ value: pair.other / pair.baseline, low: undefined, high: undefined })}`,
  }));
  const zone =
    margin.ratio === undefined ? [] : [{ low: 1 / (1 + margin.ratio), high: 1 + margin.ratio }];
  const mean =
    ratio === undefined
      ? []
      : [
          {
            block: allPosition(blocks),
            ratio: ratio.value,
            low: ratio.low ?? ratio.value,
            high: ratio.high ?? ratio.value,
            tip: `all blocks: ${formatRatio(ratio)}`,
          },
        ];
  const values = [
    ...points.map((one) => one.ratio),
    ...[...zone, ...mean].flatMap((one) => [one.low, one.high]),
    1,
  ];
  const colour = armColourOf(analysis, comparison.otherArm);
  const y = yChannel(Math.min(...values), Math.max(...values));
  const x = xChannel(blocks);
  return {
    title: {
      text: metricText(metrics, comparison.metric).title,
      subtitle: formatRatio(ratio),
      fontSize: 12,
      frame: 'group',
      offset: 10,
    },
    width: 310,
    height: 150,
    layer: [
      {
        data: { values: zone },
        mark: { type: 'rect', color: ink.zone, opacity: 0.2 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        data: { values: [{ ratio: 1 }] },
        mark: { type: 'rule', color: ink.muted },
        encoding: { y },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 55, color: ink.muted, opacity: 1, ...toldMark },
        encoding: {
          ...toldChannel,
          x,
          y,
          shape: {
            field: 'first',
            type: 'nominal',
            scale: { domain: [baseline, other], range: ['circle', 'triangle-up'] },
            legend: {
              title: 'ran first in its block:',
              orient: 'bottom',
              titleOrient: 'left',
              symbolFillColor: ink.muted,
              symbolStrokeWidth: 0,
              ...legendColumns([baseline, other], LEGEND_WIDTH),
            },
          },
        },
      },
      {
        data: { values: mean },
        mark: { type: 'rule', color: colour, strokeWidth: 3, ...toldMark },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, ...toldChannel },
      },
      {
        data: { values: mean },
        mark: {
          type: 'point',
          filled: true,
          shape: 'diamond',
          size: 130,
          color: colour,
          opacity: 1,
          ...toldMark,
        },
        encoding: { x, y, ...toldChannel },
      },
    ],
  };
}

/** Position of the ratio over all blocks: right of the last block, with a gap. */
function allPosition(blocks: readonly number[]): number {
  const span = Math.max(...blocks) - Math.min(...blocks);
  return Math.max(...blocks) + Math.max(1, Math.ceil(span / 10)) + 0.5;
}

function xChannel(blocks: readonly number[]): ChartSpec {
  const [first, last] = [Math.min(...blocks), Math.max(...blocks)];
  const all = allPosition(blocks);
  const shown = linearTicks(first, last, Math.min(8, Math.max(1, last - first))).filter((tick) =>
    Number.isInteger(tick),
  );
  return {
    field: 'block',
    type: 'quantitative',
    title: 'block',
    scale: { domain: [first - 0.5, all + 0.8], nice: false, zero: false },
    axis: {
      values: [...shown, all],
      labelExpr: labelLookup([
        ...shown.map((block) => [block, String(block)] as const),
        [all, 'all'],
      ]),
    },
  };
}

/** Ratios are compared on a logarithmic scale: a half and a double are equally far from 1. */
function yChannel(low: number, high: number): ChartSpec {
  // Room for half a dot at either end.
  const room = Math.max((high / low) ** 0.06, 1.01);
  const [bottom, top] = [low / room, high * room];
  // A label at the very top would push the title of this panel above those of its neighbours.
  const highestTick = bottom * (top / bottom) ** 0.95;
  const ticks = (top / bottom > 8 ? logTicks(bottom, top) : linearTicks(bottom, top)).filter(
    (tick) => tick >= bottom && tick <= highestTick,
  );
  return {
    field: 'ratio',
    type: 'quantitative',
    title: 'ratio',
    scale: { type: 'log', domain: [bottom, top], nice: false },
    axis: { values: ticks, labelExpr: labelLookup(ticks.map((tick) => [tick, String(tick)])) },
  };
}
