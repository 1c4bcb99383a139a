// The window second by second: one panel for each quantity, a line for each arm, and around it a
// band from the lowest to the highest trial, in which a stall of a single trial is seen.

import {
  courseQuantities,
  type ArmCourse,
  type CourseAtLoad,
  type CourseQuantity,
  type CourseStep,
} from '../../analysis/courses.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { armName } from '../../contract/arms/arms.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import { MIB, NS_PER_S } from '../../contract/units.ts';
import { left, right, table, type Table } from '../blocks.ts';
import { armChannels } from '../charts/arm-channels.ts';
import { slug, type ChartPlan, type ChartSpec } from '../charts/chart.ts';
import { hoverPoints } from '../charts/hover.ts';
import { linearTicks, ticksFromZero, unitLabels } from '../charts/ticks.ts';
import { formatCount, formatValue } from '../format.ts';
import { armTitleOf, type ReportContext } from '../report-context.ts';

const texts: Record<CourseQuantity, { readonly title: string; readonly unit: MetricUnit }> = {
  tokensPerSecond: { title: 'Tokens received', unit: 'tokens/s' },
  deliveryP50Ns: { title: 'Delivery latency p50', unit: 'ns' },
  deliveryP99Ns: { title: 'Delivery latency p99', unit: 'ns' },
  serverCpuShare: { title: 'CPU of the servers, of one', unit: 'ratio' },
  clientCpuShare: { title: 'CPU of the load processes, of one', unit: 'ratio' },
  serverResidentBytes: { title: 'Memory of the servers', unit: 'bytes' },
};

/** Lines that can be told apart; more arms are drawn in several charts. */
const ARMS_A_CHART = 4;
const PANELS_A_ROW = 2;
const PANEL_WIDTH = 300;
const LEGEND_WIDTH = PANELS_A_ROW * PANEL_WIDTH;

export function planCourses(
  context: ReportContext,
  { loadPoint, stepNs, arms }: CourseAtLoad,
): readonly ChartPlan[] {
  const parts = Math.ceil(arms.length / ARMS_A_CHART);
  return Array.from({ length: parts }, (_, part) => {
    const own = arms.slice(part * ARMS_A_CHART, (part + 1) * ARMS_A_CHART);
    const titles = own.map(({ arm }) => armTitleOf(context.analysis, arm));
    const title = `Second by second, ${loadPointTitle(loadPoint)}${parts > 1 ? `: ${titles.join(', ')}` : ''}`;
    const panels = courseQuantities.flatMap((quantity) =>
      panelOf(context, { quantity, arms: own, stepNs }),
    );
    return {
      file: `course-${slug(loadPointKey(loadPoint))}-${part + 1}.svg`,
      title,
      alt: `Tokens, delivery latency, CPU and memory in each second of the window, for ${titles.join(', ')}: the line is the median over trials, the band reaches from the lowest to the highest trial.`,
      spec: {
        title: {
          text: title,
          subtitle: 'line: median over trials; band: from the lowest to the highest trial',
          offset: 16,
        },
        columns: PANELS_A_ROW,
        spacing: 28,
        concat: panels,
        resolve: {
          scale: { x: 'shared', y: 'independent', color: 'shared', strokeDash: 'shared' },
        },
      },
      values: valuesOf(context, own, stepNs),
    };
  }).filter(({ spec }) => (spec.concat as unknown[]).length > 0);
}

function valuesOf({ analysis }: ReportContext, arms: readonly ArmCourse[], stepNs: number): Table {
  const drawn = courseQuantities.filter((quantity) =>
    arms.some(({ quantities }) => quantities[quantity].length > 0),
  );
  const columns = [
    left('arm'),
    right('second'),
    ...drawn.map((quantity) => right(texts[quantity].title)),
  ];
  const rows = arms.flatMap((arm) => {
    const steps = new Set(drawn.flatMap((one) => arm.quantities[one].map(({ step }) => step)));
    return [...steps]
      .toSorted((a, b) => a - b)
      .map((step) =>
        [armTitleOf(analysis, arm.arm), secondText(step, stepNs)].concat(
          drawn.map((quantity) =>
            formatValue(
              arm.quantities[quantity].find((one) => one.step === step)?.median,
              texts[quantity].unit,
            ),
          ),
        ),
      );
  });
  return table(columns, rows);
}

/** Seconds count from 1. */
export function secondText(step: number, stepNs: number): string {
  const seconds = stepNs / NS_PER_S;
  const first = step * seconds + 1;
  return seconds === 1 ? formatCount(first) : `${first} to ${first + seconds - 1}`;
}

interface PanelOptions {
  readonly quantity: CourseQuantity;
  readonly arms: readonly ArmCourse[];
  readonly stepNs: number;
}

function panelOf(
  { analysis }: ReportContext,
  { quantity, arms, stepNs }: PanelOptions,
): readonly ChartSpec[] {
  const { title, unit } = texts[quantity];
  const rows = arms.flatMap(({ arm, quantities }) =>
    quantities[quantity].map((step) => rowOf(step, armTitleOf(analysis, arm), { unit, stepNs })),
  );
  if (rows.length === 0) return [];
  const shown = new Set(arms.map(({ arm }) => arm));
  const { color, strokeDash } = armChannels(
    analysis.plan.arms.filter((arm) => shown.has(armName(arm))),
    { orient: 'bottom', width: LEGEND_WIDTH, symbolOpacity: 1 },
  );
  const times = linearTicks(0, Math.max(1, ...rows.map(({ second }) => second)), 8).filter(
    (tick) => Number.isInteger(tick) && tick > 0,
  );
  const ticks = ticksOf(unit, Math.max(...rows.map(({ high }) => high), Number.EPSILON));
  const x = {
    field: 'second',
    type: 'quantitative',
    title: 'second of the window',
    scale: { nice: false, zero: false },
    axis: { values: times, format: 'd' },
  };
  const y = {
    field: 'median',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, unit) },
  };
  return [
    {
      title: { text: title, fontSize: 12, frame: 'group', offset: 10 },
      width: PANEL_WIDTH,
      height: 130,
      data: { values: rows },
      layer: [
        {
          mark: { type: 'area', opacity: 0.18 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
        },
        { mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash } },
        hoverPoints(rows, { x, y }, courseQuantities.indexOf(quantity)),
      ],
    },
  ];
}

/** Bytes have round labels in MiB. */
function ticksOf(unit: MetricUnit, high: number): readonly number[] {
  const size = unit === 'bytes' ? MIB : 1;
  return ticksFromZero(high / size).map((tick) => tick * size);
}

function rowOf(
  { step, median, low, high }: CourseStep,
  arm: string,
  { unit, stepNs }: { readonly unit: MetricUnit; readonly stepNs: number },
) {
  const words = [median, low, high].map((value) => formatValue(value, unit));
  return {
    arm,
    second: ((step + 1) * stepNs) / NS_PER_S,
    median,
    low,
    high,
    tip: `${arm}, second ${secondText(step, stepNs)}: ${words[0]} (${words[1]} to ${words[2]})`,
  };
}
