// Plots the load–latency curve: throughput, latency and cost, as the number of streams grows to the
// breaking point.

import type { Analysis } from '../../analysis/analysis.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import type { CapacityCurve } from './findings.ts';
import { armName } from '../../contract/arms/arms.ts';
import type { MeasuredStep, Objective } from '../../contract/search.ts';
import { formatCount, formatValue } from '../../report/format.ts';
import { left, right, table } from '../../report/blocks.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import type { ChartPlan, ChartSpec } from '../../report/charts/chart.ts';
import { armChannels } from '../../report/charts/arm-channels.ts';
import { toldChannel, toldMark } from '../../report/charts/hover.ts';
import { ink } from '../../report/charts/theme.ts';
import { labelLookup, logTicks, ticksFromZero, unitLabels } from '../../report/charts/ticks.ts';
import type { CapacityFindings } from './findings.ts';

interface Quantity {
  readonly title: string;
  readonly unit: MetricUnit;
  /** Start of a linear axis; the axis is logarithmic without it. */
  readonly from?: number;
  /** Id of the metric whose objective is drawn as a line. */
  readonly metric?: string;
  readonly of: (step: MeasuredStep) => number | undefined;
}

const quantities: readonly Quantity[] = [
  {
    title: 'Delivery latency p50',
    unit: 'ns',
    metric: 'delivery.p50',
    of: ({ deliveryP50Ns }) => deliveryP50Ns,
  },
  {
    title: 'Delivery latency p99',
    unit: 'ns',
    metric: 'delivery.p99',
    of: ({ deliveryP99Ns }) => deliveryP99Ns,
  },
  {
    title: 'Delivered/offered',
    unit: 'ratio',
    from: 0,
    of: (step) =>
      step.offeredTokensPerSecond === 0
        ? undefined
        : step.deliveredTokensPerSecond / step.offeredTokensPerSecond,
  },
  {
    title: 'Server CPU per token',
    unit: 'ns/token',
    from: 0,
    metric: 'cpu.server.token',
    of: ({ serverCpuNs, serverTokens }) =>
      serverTokens === 0 ? undefined : serverCpuNs / serverTokens,
  },
  {
    title: 'Tokens per read',
    unit: 'tokens/read',
    from: 1,
    metric: 'coalescing',
    of: ({ tokensPerRead }) => tokensPerRead,
  },
];

interface Curves {
  readonly analysis: Analysis;
  readonly curves: readonly CapacityCurve[];
  readonly objectives: readonly Objective[];
}

/** Empty before the curve was measured. */
export function planLoadLatency({
  analysis,
}: ReportContext<CapacityFindings>): readonly ChartPlan[] {
  const { curves } = analysis.capacity;
  const { objectives = [] } = analysis.plan.search ?? {};
  const all: Curves = { analysis, curves, objectives };
  const panels = quantities.flatMap((quantity) => panelOf(all, quantity));
  const rows = quantities.flatMap((quantity) =>
    rowsOf(all, quantity).map((row) => [
      quantity.title,
      row.arm,
      formatCount(row.streams),
      formatValue(row.value, quantity.unit),
    ]),
  );
  if (panels.length === 0) return [];
  const title = 'Latency, loss and cost against load';
  const limits = objectives.map(({ text }) => text).join(' and ');
  return [
    {
      file: 'load-latency.svg',
      title,
      alt: `Median and 99th percentile of delivery, the share of tokens delivered, server CPU per token and tokens per read against the number of streams, for each arm; the objective is ${limits}. ${curves.map((curve) => altWords(analysis, curve)).join(' ')}`,
      spec: {
        title: {
          text: title,
          subtitle: `one measurement a load; broken line: the objective, ${limits}`,
          offset: 16,
        },
        columns: PANELS_A_ROW,
        spacing: 24,
        concat: panels,
        resolve: {
          scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' },
        },
      },
      values: table([left('quantity'), left('arm'), right('streams'), right('measured')], rows),
    },
  ];
}

function altWords(analysis: Analysis, { arm, steps }: CapacityCurve): string {
  const carried = steps.findLast(({ failed }) => failed.length === 0);
  const [first] = steps;
  if (first === undefined) return '';
  const words = `${armTitleOf(analysis, arm)}: p99 ${formatValue(first.measured?.deliveryP99Ns, 'ns')} at ${formatCount(first.streams)} streams`;
  if (carried === undefined) return `${words}, no load carried.`;
  return `${words}, ${formatValue(carried.measured?.deliveryP99Ns, 'ns')} at ${formatCount(carried.streams)}, the highest load of the curve that was carried.`;
}

const PANELS_A_ROW = 3;
const PANEL_WIDTH = 210;
const LEGEND_WIDTH = PANELS_A_ROW * PANEL_WIDTH;
/** Space at both ends of the logarithmic scale of loads, as a share of its length. */
const MARGIN = 0.05;
/** Least height of an axis, for values that do not change. */
const LEAST_HEIGHT = 0.1;

interface Row {
  readonly tip: string;
  readonly arm: string;
  readonly streams: number;
  readonly value: number;
}

function rowsOf({ analysis, curves }: Curves, quantity: Quantity): readonly Row[] {
  return curves.flatMap(({ arm: name, steps }) =>
    steps.flatMap(({ streams, measured }): Row[] => {
      const value = measured && quantity.of(measured);
      if (value === undefined || !(value > 0)) return [];
      const arm = armTitleOf(analysis, name);
      const tip = `${arm}, ${formatCount(streams)} streams: ${formatValue(value, quantity.unit)}`;
      return [{ tip, arm, streams, value }];
    }),
  );
}

function panelOf(all: Curves, quantity: Quantity): ChartSpec[] {
  const { objectives } = all;
  const rows = rowsOf(all, quantity);
  if (rows.length === 0) return [];
  const limit = objectives.find(({ metric }) => metric === quantity.metric)?.limit;
  const values = [...rows.map(({ value }) => value), ...(limit === undefined ? [] : [limit])];
  const ticks = ticksOf(quantity, values);
  const { domain, x, y, color, strokeDash } = channelsOf(all, quantity, ticks);
  return [
    {
      title: { text: quantity.title, fontSize: 12, frame: 'group', offset: 12 },
      width: PANEL_WIDTH,
      height: 180,
      layer: [
        {
          data: { values: limit === undefined ? [] : [{ value: limit }] },
          mark: { type: 'rule', color: ink.zone, strokeWidth: 1.5, strokeDash: [6, 4] },
          encoding: { y },
        },
        // The baseline is drawn wider, or a line on top of it would hide it.
        ...domain.map((arm, index) => ({
          data: { values: rows.filter((row) => row.arm === arm) },
          mark: { type: 'line', strokeWidth: index === 0 ? 4 : 2 },
          encoding: { x, y, color, strokeDash },
        })),
        {
          data: { values: rows },
          mark: { type: 'point', filled: true, size: 40, opacity: 1, ...toldMark },
          encoding: { x, y, color, ...toldChannel },
        },
      ],
    },
  ];
}

function ticksOf({ from }: Quantity, values: readonly number[]): readonly number[] {
  const highest = Math.max(...values);
  if (from === undefined) return logTicks(Math.min(...values), highest);
  return ticksFromZero(Math.max(LEAST_HEIGHT, highest - from)).map((tick) =>
    Number((from + tick).toPrecision(12)),
  );
}

function channelsOf(
  { analysis, curves }: Curves,
  { unit, from }: Quantity,
  ticks: readonly number[],
) {
  const names = new Set(curves.map(({ arm }) => arm));
  const arms = analysis.plan.arms.filter((arm) => names.has(armName(arm)));
  const domain = arms.map((arm) => armTitleOf(analysis, armName(arm)));
  const loads = [
    ...new Set(curves.flatMap(({ steps }) => steps.map(({ streams }) => streams))),
  ].sort((a, b) => a - b);
  const [lowest, highest] = [loads[0] ?? 1, loads.at(-1) ?? 1];
  const room = (highest / lowest) ** MARGIN;
  const loadTicks = logTicks(lowest, highest).filter(
    (tick) => tick >= lowest / room && tick <= highest * room,
  );
  const shown = loadTicks.length < 2 ? [lowest, highest] : loadTicks;
  return {
    domain,
    x: {
      field: 'streams',
      type: 'quantitative',
      title: 'streams',
      scale: { type: 'log', domain: [lowest / room, highest * room], nice: false },
      axis: {
        values: shown,
        labelExpr: labelLookup(shown.map((load) => [load, formatCount(load)])),
        labelFlush: false,
      },
    },
    y: {
      field: 'value',
      type: 'quantitative',
      title: null,
      scale: {
        type: from === undefined ? 'log' : 'linear',
        domain: [ticks[0], ticks.at(-1)],
        nice: false,
      },
      axis: { values: ticks, labelExpr: unitLabels(ticks, unit) },
    },
    ...armChannels(arms, { orient: 'bottom', width: LEGEND_WIDTH }),
  };
}
