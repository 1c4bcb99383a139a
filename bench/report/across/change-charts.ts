// The changes between an old run and a new one at a glance: one panel for each endpoint, one row for
// each arm and load point.

import type { RunAgainstOld, RunComparison } from '../../analysis/across/run-comparison.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { ratioRows, ratioTable, rowWords, type RatioRow } from '../charts/ratio-rows.ts';
import { ink } from '../charts/theme.ts';
import { loadWords, metricText, type MetricText } from '../report-context.ts';
import { newLabel, verdictChanges } from './comparison-parts.ts';

/** Beyond this factor a row would leave no room for the others. */
const MOST_RATIO = 10;

/** Name of the chart of one of several new runs. */
export function changeChartFile(comparison: RunComparison, against: RunAgainstOld): string {
  return `changes-${comparison.comparisons.indexOf(against) + 1}.svg`;
}

/** One for each new run in which any endpoint of a contender has a ratio and a verdict. */
export function planChanges(
  comparison: RunComparison,
  metrics: readonly MetricText[],
): readonly ChartPlan[] {
  return comparison.comparisons.flatMap((against) => {
    const panels = panelsOf(against, metrics);
    if (panels.length === 0) return [];
    const title = `What changed, ${newLabel(comparison, against)} against old`;
    const named = panels.flatMap((panel) =>
      panel.rows.map((row) => Object.assign({}, row, { name: `${panel.title}: ${row.name}` })),
    );
    return [
      {
        file: changeChartFile(comparison, against),
        title,
        alt: `Ratio new/old of each endpoint with its 95 % interval: ${named.map(rowWords).join('; ')}.`,
        spec: {
          title: {
            text: title,
            subtitle: 'ratio new/old with its 95 % interval; left of 1: less; shaded: negligible',
            offset: 16,
          },
          columns: 1,
          spacing: 28,
          concat: panels.map((panel) =>
            Object.assign(
              { title: { text: panel.title, fontSize: 12, frame: 'group', offset: 10 } },
              ratioRows(panel.rows, { width: 460, labelLimit: 340, margin: panel.margin }),
            ),
          ),
        },
        values: ratioTable(named, 'change'),
      },
    ];
  });
}

interface Panel {
  readonly title: string;
  readonly rows: readonly RatioRow[];
  readonly margin: number | undefined;
}

/** Without a verdict a number may be the machine's, and stays in the table. */
const withoutVerdict: ReadonlySet<string> = new Set([
  'invalid',
  'harness-limited',
  'not-measured',
  'withheld',
]);

function panelsOf({ arms }: RunAgainstOld, metrics: readonly MetricText[]): readonly Panel[] {
  const changes = arms
    .filter(({ isContender }) => isContender)
    .flatMap((arm) => verdictChanges(arm).map((change) => ({ arm, change })))
    .filter(({ change }) => !withoutVerdict.has(change.verdict.kind));
  const byMetric = Map.groupBy(changes, ({ change }) => change.metric);
  return [...byMetric].flatMap(([metric, own]) => {
    const rows = own.flatMap(({ arm, change: { ratio } }): RatioRow[] => {
      if (ratio === undefined || ratio.value > MOST_RATIO || ratio.value < 1 / MOST_RATIO)
        return [];
      const { value, low = value, high = value } = ratio;
      const name = `${arm.title}, ${loadWords(arm.loadPoint)}`;
      return [{ name, ratio: value, low, high, colour: ink.text }];
    });
    if (rows.length === 0) return [];
    const margin = own.map(({ change }) => change.margin.ratio).find((one) => one !== undefined);
    return [{ title: metricText(metrics, metric).title, rows, margin }];
  });
}
