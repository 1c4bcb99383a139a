// Plots the verdicts of a matrix of faults: how much later or sooner the other arm resumes, one row
// per fault.

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
import { armTitleOf, metricText } from '../../../report/report-context.ts';
import { slug, type ChartPlan } from '../../../report/charts/chart.ts';
import { titleLines } from '../../../report/charts/long-titles.ts';
import {
  FEWEST_ROWS,
  isShown,
  ratioRows,
  ratioTable,
  type RatioRow,
} from '../../../report/charts/ratio-rows.ts';
import { floorOf } from '../../../report/page/effects-chart.ts';
import { armColourOf } from '../../../report/charts/theme.ts';

/** Prefix of file names: the report shows these charts beside the verdicts. */
export const RATIO_CHART = 'fault-ratios-';

/**
 * One chart for each policy, load and arm that is compared; none for a herd, whose loads are few.
 */
export function planFaultRatios(context: RecoveryContext): readonly ChartPlan[] {
  if (isHerd(context)) return [];
  return faultGroups(context).flatMap((group) =>
    groupContenders(context, group).flatMap((otherArm) => planPair(context, group, otherArm)),
  );
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
      alt: `Ratio with its 95 % interval for each fault: ${rows.map((row) => `${row.name} ${formatRatio({ ...row, value: row.ratio })}`).join('; ')}. Below 1 the other arm is back sooner.`,
      spec: {
        title: {
          text: titleLines(title),
          subtitle:
            'mean over blocks with its 95 % interval; shaded: negligible by ratio; left of 1: back sooner',
        },
        ...ratioRows(rows, {
          width: 520,
          labelLimit: 240,
          margin: marginOf(context, group, otherArm),
        }),
      },
      values: ratioTable(rows, 'fault'),
    },
  ];
}

function rowsOf(
  context: RecoveryContext,
  group: FaultGroup,
  otherArm: string,
): readonly RatioRow[] {
  const colour = armColourOf(context.analysis, otherArm);
  return group.faults.flatMap((fault) => {
    const comparison = resumedComparison(context, fault, otherArm);
    if (comparison?.ratio === undefined || comparison.endpoint === undefined) return [];
    if (!isShown(comparison.verdict)) return [];
    const { value, low = value, high = value } = comparison.ratio;
    const point = context.analysis.loadPoints.find(
      ({ loadPoint }) => loadPointKey(loadPoint) === loadPointKey(fault.loadPoint),
    );
    const floor = point && floorOf(point, TIME_TO_RESUMED);
    return [{ name: rowTitle(context, fault), ratio: value, low, high, colour, floor }];
  });
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
