// Plots how far apart the first and the last subscriber get a message, against how many messages there are; one chart for each
// number of subscribers.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { formatCount } from '../../report/format.ts';
import { armTitle, type MetricText, type ReportContext } from '../../report/report-context.ts';
import type { ChartPlan, ChartSpec } from '../../report/charts/chart.ts';
import { strokeLegend } from '../../report/charts/long-titles.ts';
import { armColour, armDash } from '../../report/charts/theme.ts';
import { labelLookup, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';

/** Metrics in order of preference: the chart shows the first ones that the run has at two rates or more. */
const panels = ['spread.first.p50', 'spread.p50', 'spread.p99', 'spread.p90'] as const;
const MAX_PANELS = 3;

/** One chart for each number of subscribers that has two rates or more at which all subscribers read. */
export function planMessageSpread({ analysis, metrics }: ReportContext): readonly ChartPlan[] {
  const reading = analysis.loadPoints.filter(({ loadPoint }) => (loadPoint.stopped ?? 0) === 0);
  const groups = Map.groupBy(reading, ({ loadPoint }) => loadPoint.connections);
  return [...groups].flatMap(([connections, points]) => (points.length < 2 ? [] : planOne({ analysis, metrics }, connections, points)));
}

function planOne({ analysis, metrics }: ReportContext, connections: number, points: readonly LoadPointAnalysis[]): ChartPlan[] {
  const drawn = panels.flatMap((id) => {
    const text = metrics.find((metric) => metric.id === id);
    const rows = text === undefined ? [] : rowsOf(points, id);
    // A line needs two points.
    return text === undefined || new Set(rows.map((row) => row.rate)).size < 2 ? [] : [panel(analysis, text, { points, rows })];
  });
  if (drawn.length === 0) return [];
  const title = `When ${formatCount(connections)} subscribers get a message`;
  return [
    {
      file: `message-spread-${connections}.svg`,
      title,
      alt: `When the first of ${formatCount(connections)} subscribers gets a message, and how much later the last one does, against messages per second, for each arm, with 95 % intervals over trials.`,
      spec: {
        title: { text: title, subtitle: 'mean over trials with its 95 % interval', offset: 16 },
        spacing: 24,
        hconcat: drawn.slice(0, MAX_PANELS),
        resolve: { scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' } },
      },
    },
  ];
}

interface Row {
  readonly arm: string;
  readonly rate: number;
  /** Position at which it is drawn: arms stand beside each other, or their intervals would hide one another. */
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Space at both ends, and distance of arms, on the logarithmic scale of rates, as shares of its length. */
const MARGIN = 0.1;
const SIDESTEP = 0.02;

function rowsOf(points: readonly LoadPointAnalysis[], metric: string): readonly Row[] {
  const { span } = ratesOf(points);
  return points.flatMap(({ loadPoint, arms, summaries }) =>
    arms.flatMap(({ name, arm }, index) => {
      const estimate = summaries.find((summary) => summary.metric === metric && summary.arm === name)?.estimate;
      const rate = loadPoint.messagesPerSecond;
      if (estimate === undefined || rate === undefined) return [];
      const { value, low = value, high = value } = estimate;
      const x = rate * span ** (SIDESTEP * (index - (arms.length - 1) / 2));
      return [{ arm: armTitle(arm), rate, x, value, low: Math.max(0, low), high }];
    }),
  );
}

function ratesOf(points: readonly LoadPointAnalysis[]): { readonly rates: readonly number[]; readonly span: number } {
  const rates = points.flatMap(({ loadPoint }) => loadPoint.messagesPerSecond ?? []).sort((a, b) => a - b);
  return { rates, span: (rates.at(-1) ?? 1) / (rates[0] ?? 1) };
}

/** Width of two panels together, the fewest there are. */
const LEGEND_WIDTH = 500;

function panel(
  { plan }: Analysis,
  text: MetricText,
  { points, rows }: { readonly points: readonly LoadPointAnalysis[]; readonly rows: readonly Row[] },
): ChartSpec {
  const present = plan.arms.filter((arm) => points.some(({ arms }) => arms.some(({ name }) => name === armName(arm))));
  const domain = present.map((arm) => armTitle(arm));
  const { rates, span } = ratesOf(points);
  const ticks = ticksFromZero(Math.max(...rows.map(({ high }) => high)));
  const legend = { orient: 'bottom', ...strokeLegend(domain, LEGEND_WIDTH) };
  const color = { field: 'arm', type: 'nominal', scale: { domain, range: present.map((arm) => armColour(arm)) }, legend };
  const strokeDash = { field: 'arm', type: 'nominal', scale: { domain, range: present.map((arm) => armDash(arm)) }, legend };
  const x = {
    field: 'x',
    type: 'quantitative',
    title: 'messages per second',
    scale: { type: 'log', domain: [(rates[0] ?? 1) / span ** MARGIN, (rates.at(-1) ?? 1) * span ** MARGIN], nice: false },
    axis: { values: rates, labelExpr: labelLookup(rates.map((rate) => [rate, formatCount(rate)])), labelFlush: false, labelOverlap: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, text.unit) },
  };
  return {
    title: { text: text.title, fontSize: 12, frame: 'group', offset: 12 },
    width: 180,
    height: 200,
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      { mark: { type: 'point', filled: true, size: 50, opacity: 1 }, encoding: { x, y, color } },
    ],
  };
}
