// Plots the cost of a token against how many of its stream come at once: processor time of the server and system calls, side by side.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { formatCount } from '../../report/format.ts';
import { armTitle, metricText, type MetricText, type ReportContext } from '../../report/report-context.ts';
import { CPU_METRIC, estimateAt, type BurstGroup } from './points.ts';
import type { ChartPlan, ChartSpec } from '../../report/charts/chart.ts';
import { strokeLegend } from '../../report/charts/long-titles.ts';
import { armColour, armDash } from '../../report/charts/theme.ts';
import { labelLookup, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';

const shown = [CPU_METRIC, 'calls.server.token'] as const;

/** undefined with one number of tokens, or when nothing was measured. */
export function planBurstCosts({ analysis, metrics }: ReportContext, group: BurstGroup): ChartPlan | undefined {
  if (group.points.length < 2) return undefined;
  const panels = shown.flatMap((metric) => {
    const rows = rowsOf(analysis, group, metric);
    return rows.length === 0 ? [] : [panel(analysis, metricText(metrics, metric), { rows, group })];
  });
  if (panels.length === 0) return undefined;
  const title = `What a token costs when several come at once, ${formatCount(group.connections)} connections`;
  return {
    file: `burst-costs-${group.connections}.svg`,
    title,
    alt: 'Server CPU per token and write calls per token against the tokens of a stream that are due together, for each arm, with 95 % intervals over trials.',
    spec: {
      title: { text: title, subtitle: 'mean over trials with its 95 % interval; the mean rate is the same throughout', offset: 16 },
      spacing: 40,
      hconcat: panels,
      resolve: { scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' } },
    },
  };
}

/** Space at both ends of the logarithmic scale of tokens, as a share of its length. */
const MARGIN = 0.08;
/** Arms are drawn beside each other, or their intervals would hide one another. */
const SIDESTEP = 0.02;

interface Row {
  readonly arm: string;
  readonly tokens: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function ticksOf({ points }: BurstGroup): { readonly ticks: readonly number[]; readonly span: number } {
  const ticks = points.map(({ tokensPerTick }) => tokensPerTick);
  return { ticks, span: (ticks.at(-1) ?? 1) / (ticks[0] ?? 1) };
}

function rowsOf({ plan }: Analysis, group: BurstGroup, metric: string): readonly Row[] {
  const { span } = ticksOf(group);
  return group.points.flatMap((place) =>
    plan.arms.flatMap((arm, index) => {
      const estimate = estimateAt(place, armName(arm), metric);
      if (estimate === undefined) return [];
      const { value, low = value, high = value } = estimate;
      const tokens = place.tokensPerTick * span ** (SIDESTEP * (index - (plan.arms.length - 1) / 2));
      return [{ arm: armTitle(arm), tokens, value, low: Math.max(0, low), high }];
    }),
  );
}

const PANEL_WIDTH = 300;
const LEGEND_WIDTH = 2 * PANEL_WIDTH;

interface PanelOptions {
  readonly rows: readonly Row[];
  readonly group: BurstGroup;
}

function panel({ plan }: Analysis, text: MetricText, { rows, group }: PanelOptions): ChartSpec {
  const domain = plan.arms.map((arm) => armTitle(arm));
  const { ticks, span } = ticksOf(group);
  const heights = ticksFromZero(Math.max(...rows.map(({ high }) => high)));
  const channel = { field: 'arm', type: 'nominal', legend: { orient: 'bottom', ...strokeLegend(domain, LEGEND_WIDTH) } };
  const color = { ...channel, scale: { domain, range: plan.arms.map((arm) => armColour(arm)) } };
  const strokeDash = { ...channel, scale: { domain, range: plan.arms.map((arm) => armDash(arm)) } };
  const x = {
    field: 'tokens',
    type: 'quantitative',
    title: 'tokens due together',
    scale: { type: 'log', domain: [(ticks[0] ?? 1) / span ** MARGIN, (ticks.at(-1) ?? 1) * span ** MARGIN], nice: false },
    axis: { values: ticks, labelExpr: labelLookup(ticks.map((tick) => [tick, formatCount(tick)])), labelFlush: false, labelOverlap: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, heights.at(-1)], nice: false },
    axis: { values: heights, labelExpr: unitLabels(heights, text.unit) },
  };
  return {
    title: { text: text.title, fontSize: 12, frame: 'group', offset: 12 },
    width: PANEL_WIDTH,
    height: 220,
    data: { values: rows },
    layer: [
      { mark: { type: 'rule', strokeWidth: 2 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } },
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
      { mark: { type: 'point', filled: true, size: 50, opacity: 1 }, encoding: { x, y, color } },
    ],
  };
}
