// All effects of a run at a glance: one row for each pair of arms and load point, one panel for each
// endpoint, and beside each effect what the run found between two equal arms.

import { loadPointTitle } from '../../contract/load-point.ts';
import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { isShown, ratioRows, ratioTable, rowWords, type RatioRow } from '../charts/ratio-rows.ts';
import { armColourOf } from '../charts/theme.ts';
import {
  contendingPairs,
  pairTitles,
  verdictComparisons,
  type MetricText,
  type ReportContext,
} from '../report-context.ts';

/** Beyond this factor a row would leave no room for the others. */
const MOST_RATIO = 10;

interface Panel {
  readonly metric: MetricText;
  readonly rows: readonly RatioRow[];
  readonly margin: number | undefined;
}

/** undefined when no endpoint has a ratio and a verdict. */
export function planEffects(context: ReportContext): ChartPlan | undefined {
  const panels = context.metrics
    .filter(({ endpoint }) => endpoint !== undefined)
    .map((metric) => panelOf(context, metric))
    .filter(({ rows }) => rows.length > 0);
  if (panels.length === 0) return undefined;
  const hasFloor = panels.some(({ rows }) => rows.some(({ floor }) => floor !== undefined));
  const title = 'Effects at a glance';
  const named = panels.flatMap(({ metric, rows }) =>
    rows.map((row) => Object.assign({}, row, { name: `${metric.title}: ${row.name}` })),
  );
  return {
    file: 'effects.svg',
    title,
    alt: `Ratio of each endpoint with its 95 % interval: ${named.map(rowWords).join('; ')}.`,
    spec: {
      title: {
        text: title,
        subtitle: [
          'ratio, mean over blocks with its 95 % interval; left of 1: less; shaded: negligible by ratio',
          hasFloor
            ? 'broken line below an effect: the noise floor, two equal arms of this run against each other'
            : 'the noise floor is not drawn: the run has no two equal arms (--aa)',
        ],
        offset: 16,
      },
      columns: 1,
      spacing: 28,
      concat: panels.map(({ metric, rows, margin }) =>
        Object.assign(
          { title: { text: metric.title, fontSize: 12, frame: 'group', offset: 10 } },
          ratioRows(rows, { width: 460, labelLimit: 340, margin }),
        ),
      ),
    },
    values: ratioTable(named, 'effect'),
  };
}

function panelOf(context: ReportContext, metric: MetricText): Panel {
  const { loadPoints } = context.analysis;
  const compared = loadPoints.flatMap((point) =>
    contendingPairs(point).flatMap((pair) => {
      const comparison = verdictComparisons(point, pair).find((one) => one.metric === metric.id);
      if (comparison?.ratio === undefined || !isShown(comparison.verdict)) return [];
      const { value, low = value, high = value } = comparison.ratio;
      if (value > MOST_RATIO || value < 1 / MOST_RATIO) return [];
      const [baseline, other] = pairTitles(context.analysis, pair);
      const row: RatioRow = {
        name: `${other} / ${baseline}, ${loadPointTitle(point.loadPoint)}`,
        ratio: value,
        low,
        high,
        colour: armColourOf(context.analysis, pair.otherArm),
        floor: floorOf(point, metric.id),
      };
      return [{ row, margin: comparison.margin.ratio }];
    }),
  );
  return {
    metric,
    rows: compared.map(({ row }) => row),
    margin: compared.map(({ margin }) => margin).find((margin) => margin !== undefined),
  };
}

/** undefined without a copy of the baseline, or without an interval. */
export function floorOf({ noiseFloors }: LoadPointAnalysis, metric: string): RatioRow['floor'] {
  const ratio = noiseFloors.find((floor) => floor.metric === metric)?.ratio;
  if (ratio?.low === undefined || ratio.high === undefined) return undefined;
  return { value: ratio.value, low: ratio.low, high: ratio.high };
}
