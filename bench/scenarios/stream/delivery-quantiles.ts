// Plots how late tokens arrive, over all quantiles of an arm: the tail gets as much room as the
// middle.

import type { LoadPointAnalysis, QuantileCurve } from '../../analysis/analysis.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { left, right, table } from '../../report/blocks.ts';
import { formatValue } from '../../report/format.ts';
import { armTitle } from '../../report/report-context.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../report/charts/chart.ts';
import { armChannels } from '../../report/charts/arm-channels.ts';
import { hoverPoints } from '../../report/charts/hover.ts';
import { labelLookup, logTicks, unitLabels } from '../../report/charts/ticks.ts';

const WIDTH = 640;

/** Below this quantile a curve falls steeply to its minimum and would take half of the height. */
const LOWEST = 0.05;

const labelledQuantiles: readonly (readonly [q: number, label: string])[] = [
  [LOWEST, 'p5'],
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
  [0.9999, 'p99.99'],
];

/** undefined when no arm has a curve. */
export function planDeliveryQuantiles(point: LoadPointAnalysis): ChartPlan | undefined {
  const rows = point.deliveryCurves.flatMap((curve) => rowsOf(point, curve));
  if (rows.length === 0) return undefined;
  const title = `Delivery by quantile, ${loadPointTitle(point.loadPoint)}`;
  return {
    file: `delivery-quantiles-${slug(loadPointKey(point.loadPoint))}.svg`,
    title,
    alt:
      'Time from due to received, on a logarithmic scale, against the quantile of tokens, for each arm:' +
      ' the line is the median over trials, the band reaches from the lowest to the highest trial.',
    spec: specOf(point, rows, title),
    values: table(
      [left('arm'), right('quantile'), right('median over trials'), right('lowest to highest')],
      rows.map(({ arm, quantile, words, range }) => [arm, quantile, words, range]),
    ),
  };
}

interface Row {
  readonly arm: string;
  readonly quantile: string;
  readonly words: string;
  readonly range: string;
  readonly tip: string;
  readonly tail: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf(point: LoadPointAnalysis, { arm: name, points }: QuantileCurve): readonly Row[] {
  const arm = point.arms.find((candidate) => candidate.name === name)?.arm;
  if (arm === undefined) return [];
  // The maximum has no place on a scale of tails; a logarithm needs a positive delay.
  return points
    .filter((one) => one.q >= LOWEST && one.q < 1 && one.lowNs > 0)
    .map((one) =>
      Object.assign(wordsOf(armTitle(arm), one), {
        arm: armTitle(arm),
        tail: tailOf(one.q),
        median: one.medianNs,
        low: one.lowNs,
        high: one.highNs,
      }),
    );
}

function wordsOf(
  arm: string,
  { q, medianNs, lowNs, highNs }: QuantileCurve['points'][number],
): Pick<Row, 'quantile' | 'words' | 'range' | 'tip'> {
  const quantile = `p${Number((q * 100).toFixed(4))}`;
  const words = formatValue(medianNs, 'ns');
  const range = `${formatValue(lowNs, 'ns')} to ${formatValue(highNs, 'ns')}`;
  return { quantile, words, range, tip: `${arm}, ${quantile}: ${words} (${range})` };
}

/** p50 → 0.3, p90 → 1, p99 → 2, p99.9 → 3. */
function tailOf(q: number): number {
  return Number((-Math.log10(1 - q)).toFixed(6));
}

function specOf(point: LoadPointAnalysis, rows: readonly Row[], title: string): ChartSpec {
  const lastTail = Math.max(...rows.map((row) => row.tail));
  const quantiles = labelledQuantiles
    .map(([q, label]) => [tailOf(q), label] as const)
    .filter(([tail]) => tail <= lastTail);
  const times = logTicks(
    Math.min(...rows.map((row) => row.low)),
    Math.max(...rows.map((row) => row.high)),
  );
  const arms = point.arms.map(({ arm }) => arm);
  const x = {
    field: 'tail',
    type: 'quantitative',
    title: 'quantile of tokens',
    scale: { domain: [tailOf(LOWEST), lastTail], nice: false, zero: false },
    axis: {
      values: quantiles.map(([tail]) => tail),
      labelExpr: labelLookup(quantiles),
      grid: true,
    },
  };
  const y = {
    field: 'median',
    type: 'quantitative',
    title: 'from due to received',
    scale: { type: 'log', domain: [times[0], times.at(-1)], nice: false },
    axis: { values: times, labelExpr: unitLabels(times, 'ns') },
  };
  const { color, strokeDash } = armChannels(arms, {
    orient: 'top',
    width: WIDTH,
    symbolOpacity: 1,
  });
  return {
    title: {
      text: title,
      subtitle: 'line: median over trials; band: from the lowest to the highest trial',
    },
    width: WIDTH,
    height: 300,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', opacity: 0.18 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      hoverPoints(rows, { x, y }),
    ],
  };
}
