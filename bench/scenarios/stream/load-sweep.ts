// Plots how delivery and cost change with the number of connections; only a run with more than one load point has this chart.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { formatCount } from '../../report/format.ts';
import { armTitle, type MetricText, type ReportContext } from '../../report/report-context.ts';
import type { ChartPlan, ChartSpec } from '../../report/charts/chart.ts';
import { strokeLegend } from '../../report/charts/long-titles.ts';
import { armColour, armDash } from '../../report/charts/theme.ts';
import { labelLookup, logTicks, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';

const swept: readonly { readonly metric: string; readonly scale: 'log' | 'linear' }[] = [
  { metric: 'delivery.p50', scale: 'log' },
  { metric: 'delivery.p99', scale: 'log' },
  { metric: 'cpu.server.token', scale: 'linear' },
];

/** undefined with one load point, or when none of the swept metrics was measured. */
export function planLoadSweep({ analysis, metrics }: ReportContext): ChartPlan | undefined {
  if (analysis.loadPoints.length < 2) return undefined;
  const panels = swept.flatMap(({ metric, scale }) => {
    const text = metrics.find((candidate) => candidate.id === metric);
    const rows = text === undefined ? [] : rowsOf(analysis, metric);
    return text === undefined || rows.length === 0 ? [] : [panel(analysis, text, { rows, scale })];
  });
  if (panels.length === 0) return undefined;
  const title = 'Delivery and server cost against load';
  return {
    file: 'load-sweep.svg',
    title,
    alt: 'Median and 99th percentile of delivery and server CPU per token against the number of connections, for each arm, with 95 % intervals over trials.',
    spec: {
      title: { text: title, subtitle: 'mean over trials with its 95 % interval', offset: 16 },
      spacing: 24,
      hconcat: panels,
      resolve: { scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' } },
    },
  };
}

/** Space at both ends of the logarithmic scale of loads, as a share of its length. */
const MARGIN = 0.08;
/** Arms are drawn beside each other, or their intervals would hide one another. */
const SIDESTEP = 0.02;

function loadsOf({ loadPoints }: Analysis): { readonly loads: readonly number[]; readonly span: number } {
  const loads = loadPoints.map((point) => point.loadPoint.connections).sort((a, b) => a - b);
  return { loads, span: (loads.at(-1) ?? 1) / (loads[0] ?? 1) };
}

interface Row {
  readonly arm: string;
  readonly connections: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function rowsOf(analysis: Analysis, metric: string): readonly Row[] {
  const { loadPoints, plan } = analysis;
  const { span } = loadsOf(analysis);
  const arms = plan.arms.map((arm) => armName(arm));
  return loadPoints.flatMap((point) =>
    point.arms.flatMap(({ name, arm }) => {
      const estimate = point.summaries.find((summary) => summary.metric === metric && summary.arm === name)?.estimate;
      if (estimate === undefined || !(estimate.value > 0)) return [];
      const place = arms.indexOf(name) - (arms.length - 1) / 2;
      const { value, low = value, high = value } = estimate;
      // An interval of an arithmetic mean may reach below zero, where a logarithm is undefined.
      return [
        {
          arm: armTitle(arm),
          connections: point.loadPoint.connections * span ** (SIDESTEP * place),
          value,
          low: Math.max(low, value / 10),
          high,
        },
      ];
    }),
  );
}

/** Width of the three panels together. */
const LEGEND_WIDTH = 760;

interface PanelOptions {
  readonly rows: readonly Row[];
  readonly scale: 'log' | 'linear';
}

function panel(analysis: Analysis, text: MetricText, { rows, scale }: PanelOptions): ChartSpec {
  const { arms } = analysis.plan;
  const domain = arms.map((arm) => armTitle(arm));
  const { loads, span } = loadsOf(analysis);
  const [lowest, highest] = [Math.min(...rows.map((row) => row.low)), Math.max(...rows.map((row) => row.high))];
  const ticks = scale === 'log' ? logTicks(lowest, highest) : ticksFromZero(highest);
  const legend = { orient: 'bottom', ...strokeLegend(domain, LEGEND_WIDTH) };
  const color = { field: 'arm', type: 'nominal', scale: { domain, range: arms.map((arm) => armColour(arm)) }, legend };
  const strokeDash = { field: 'arm', type: 'nominal', scale: { domain, range: arms.map((arm) => armDash(arm)) }, legend };
  const x = {
    field: 'connections',
    type: 'quantitative',
    title: 'connections',
    scale: { type: 'log', domain: [(loads[0] ?? 1) / span ** MARGIN, (loads.at(-1) ?? 1) * span ** MARGIN], nice: false },
    axis: { values: loads, labelExpr: labelLookup(loads.map((load) => [load, formatCount(load)])), labelFlush: false, labelOverlap: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { type: scale, domain: [ticks[0], ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, text.unit) },
  };
  return {
    title: { text: text.title, fontSize: 12, frame: 'group', offset: 12 },
    width: 200,
    height: 200,
    data: { values: rows },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      { mark: { type: 'point', filled: true, size: 50, opacity: 1 }, encoding: { x, y, color } },
    ],
  };
}
