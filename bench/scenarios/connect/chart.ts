// Plots how fast a server accepts a storm: the share of its streams that were accepted, against the
// time since each was requested. The steeper, the more connections the server opens in a second.

import type { StormAnalysis } from './findings.ts';
import { armName } from '../../contract/arms/arms.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { left, right, table } from '../../report/blocks.ts';
import { formatPercent, formatValue } from '../../report/format.ts';
import { armTitle, type ReportContext } from '../../report/report-context.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../report/charts/chart.ts';
import { armChannels } from '../../report/charts/arm-channels.ts';
import { hoverPoints } from '../../report/charts/hover.ts';
import { labelLookup, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';
import type { ConnectFindings } from './findings.ts';

const WIDTH = 640;

/** One chart for each storm in which any stream was accepted. */
export function planStormOpens({ analysis }: ReportContext<ConnectFindings>): readonly ChartPlan[] {
  return analysis.connect.storms.flatMap((storm) => planOne(analysis.plan.arms, storm) ?? []);
}

type Arms = ReportContext['analysis']['plan']['arms'];

function planOne(arms: Arms, storm: StormAnalysis): ChartPlan | undefined {
  const rows = storm.curves.flatMap((curve) => {
    const arm = arms.find((candidate) => armName(candidate) === curve.arm);
    return arm === undefined ? [] : rowsOf(armTitle(arm), curve);
  });
  if (rows.length === 0) return undefined;
  const title = `Streams accepted in a ${loadPointTitle(storm.loadPoint)}`;
  return {
    file: `storm-opens-${slug(loadPointKey(storm.loadPoint))}.svg`,
    title,
    alt:
      'Share of the streams that were accepted, against the time since they were asked for, for each arm:' +
      ' the line is the median over trials, the band reaches from the fastest to the slowest trial.',
    spec: specOf(arms, rows, title),
    values: table(
      [left('arm'), right('accepted'), right('after, median'), right('fastest'), right('slowest')],
      rows.map(({ arm, share, median, low, high }) =>
        [arm, formatPercent(share, 3)].concat(
          [median, low, high].map((ns) => formatValue(ns, 'ns')),
        ),
      ),
    ),
  };
}

interface Row {
  readonly tip: string;
  readonly arm: string;
  readonly share: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf(arm: string, { points }: StormAnalysis['curves'][number]): readonly Row[] {
  return points.map(({ q, medianNs, lowNs, highNs }) => ({
    tip: `${arm}, ${formatPercent(q, 3)} accepted: after ${formatValue(medianNs, 'ns')}`,
    arm,
    share: q,
    median: medianNs,
    low: lowNs,
    high: highNs,
  }));
}

const SHARES: readonly (readonly [share: number, label: string])[] = [
  [0, '0'],
  [0.25, '25 %'],
  [0.5, '50 %'],
  [0.75, '75 %'],
  [1, '100 %'],
];

function specOf(arms: Arms, rows: readonly Row[], title: string): ChartSpec {
  const times = ticksFromZero(Math.max(...rows.map((row) => row.high)));
  const x = {
    field: 'median',
    type: 'quantitative',
    title: 'from the request to the accepted stream',
    scale: { domain: [0, times.at(-1)], nice: false },
    axis: { values: times, labelExpr: unitLabels(times, 'ns'), grid: true },
  };
  const y = {
    field: 'share',
    type: 'quantitative',
    title: 'streams accepted',
    scale: { domain: [0, 1], nice: false },
    axis: { values: SHARES.map(([share]) => share), labelExpr: labelLookup(SHARES) },
  };
  const { color, strokeDash } = armChannels(arms, {
    orient: 'top',
    width: WIDTH,
    symbolOpacity: 1,
  });
  const order = { field: 'share', type: 'quantitative' };
  return {
    title: {
      text: title,
      subtitle: 'line: median over trials; band: from the fastest to the slowest trial',
    },
    width: WIDTH,
    height: 260,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', orient: 'horizontal', opacity: 0.18 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash, order } },
      hoverPoints(rows, { x, y }),
    ],
  };
}
