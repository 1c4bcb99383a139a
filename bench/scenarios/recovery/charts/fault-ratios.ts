// Plots the verdicts of a matrix of faults: how much later or sooner the other arm resumes, one row
// per fault.

import { armName } from '../../../contract/arms/arms.ts';
import { loadPointKey } from '../../../contract/load-point.ts';
import { formatRatio } from '../../../report/format.ts';
import {
  faultGroups,
  groupContenders,
  isHerd,
  resumedComparison,
  rowTitle,
  TIME_TO_RESUMED,
  type FaultGroup,
  type RecoveryContext,
} from '../report/recovery-context.ts';
import { armTitleOf, metricText, type ArmComparison } from '../../../report/report-context.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../../report/charts/chart.ts';
import { titleLines } from '../../../report/charts/long-titles.ts';
import { armColour, ink } from '../../../report/charts/theme.ts';
import { labelLookup, linearTicks, logTicks } from '../../../report/charts/ticks.ts';

/** Prefix of file names: the report shows these charts beside the verdicts. */
export const RATIO_CHART = 'fault-ratios-';

/** Fewest rows of a chart; fewer are read as fast in the table. */
const FEWEST_ROWS = 3;

/**
 * One chart for each policy, load and arm that is compared; none for a herd, whose loads are few.
 */
export function planFaultRatios(context: RecoveryContext): readonly ChartPlan[] {
  if (isHerd(context)) return [];
  return faultGroups(context).flatMap((group) =>
    groupContenders(context, group).flatMap((otherArm) => planPair(context, group, otherArm)),
  );
}

interface Row {
  readonly fault: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

function planPair(
  context: RecoveryContext,
  group: FaultGroup,
  otherArm: string,
): readonly ChartPlan[] {
  const { analysis, metrics } = context;
  const rows = rowsOf(context, group, otherArm);
  if (rows.length < FEWEST_ROWS) return [];
  const { title: metric } = metricText(metrics, TIME_TO_RESUMED);
  const title = `${metric}, ${armTitleOf(analysis, otherArm)} / ${armTitleOf(analysis, analysis.baseline)}, ${group.title}`;
  return [
    {
      file: `${RATIO_CHART}${slug(loadPointKey(group.loadPoint))}-${slug(otherArm)}.svg`,
      title,
      alt: `Ratio with its 95 % interval for each fault: ${rows.map((row) => `${row.fault} ${formatRatio({ ...row, value: row.ratio })}`).join('; ')}. Below 1 the other arm is back sooner.`,
      spec: specOf(context, { rows, otherArm, title, margin: marginOf(context, group, otherArm) }),
    },
  ];
}

function rowsOf(context: RecoveryContext, group: FaultGroup, otherArm: string): readonly Row[] {
  return group.faults.flatMap((fault) => {
    const comparison = resumedComparison(context, fault, otherArm);
    if (comparison?.ratio === undefined || !isBelieved(comparison)) return [];
    const { value, low = value, high = value } = comparison.ratio;
    return [{ fault: rowTitle(context, fault), ratio: value, low, high }];
  });
}

/** A chart shows no reasons, so a comparison that has no verdict for some reason stays out. */
function isBelieved({ endpoint, verdict: { kind } }: ArmComparison): boolean {
  return (
    endpoint !== undefined &&
    kind !== 'invalid' &&
    kind !== 'harness-limited' &&
    kind !== 'withheld'
  );
}

/** The margin was fixed before the run, so it is the same for all faults. */
function marginOf(
  context: RecoveryContext,
  { faults }: FaultGroup,
  otherArm: string,
): number | undefined {
  return faults
    .map((fault) => resumedComparison(context, fault, otherArm)?.margin.ratio)
    .find((margin) => margin !== undefined);
}

interface RatioChart {
  readonly rows: readonly Row[];
  readonly otherArm: string;
  readonly title: string;
  readonly margin: number | undefined;
}

const WIDTH = 520;
const ROW_HEIGHT = 22;

function specOf(
  { analysis }: RecoveryContext,
  { rows, otherArm, title, margin }: RatioChart,
): ChartSpec {
  const zone = margin === undefined ? [] : [{ low: 1 / (1 + margin), high: 1 + margin }];
  const values = [...rows, ...zone].flatMap(({ low, high }) => [low, high]);
  const [bottom, top] = [Math.min(...values, 1) * 0.98, Math.max(...values, 1) * 1.02];
  const ticks = (top / bottom > 8 ? logTicks(bottom, top) : linearTicks(bottom, top, 6)).filter(
    (tick) => tick >= bottom && tick <= top,
  );
  const arm = analysis.plan.arms.find((candidate) => armName(candidate) === otherArm);
  const color = arm === undefined ? ink.text : armColour(arm);
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
    field: 'fault',
    type: 'nominal',
    title: null,
    sort: rows.map(({ fault }) => fault),
    axis: { labelLimit: 240, labelColor: ink.text },
  };
  return {
    title: {
      text: titleLines(title),
      subtitle:
        'mean over blocks with its 95 % interval; shaded: negligible by ratio; left of 1: back sooner',
    },
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
        mark: { type: 'rule', color, strokeWidth: 3 },
        encoding: { x, x2: { field: 'high' }, y },
      },
      {
        data: { values: rows },
        mark: { type: 'point', filled: true, shape: 'diamond', size: 90, color, opacity: 1 },
        encoding: { x: { ...x, field: 'ratio' }, y },
      },
    ],
  };
}
