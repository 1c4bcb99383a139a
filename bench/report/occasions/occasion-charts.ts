// Effects over all occasions at a glance, and below each of them the runs by themselves.

import type { JoinedComparison, JoinedRuns } from '../../analysis/occasions/joined-runs.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import type { ChartPlan } from '../charts/chart.ts';
import { ratioRows, ratioTable, rowWords, type RatioRow } from '../charts/ratio-rows.ts';
import { ink } from '../charts/theme.ts';
import { loadWords } from '../report-context.ts';

/** Beyond this factor a row would leave no room for the others. */
const MOST_RATIO = 10;
const RUN_COLOUR = ink.zone;

/** undefined when no endpoint has a ratio. */
export function planOccasions({ main }: JoinedRuns): ChartPlan | undefined {
  const panels = main.comparisons
    .filter(({ endpoint }) => endpoint !== undefined)
    .map((one) => ({ one, rows: rowsOf(one) }))
    .filter(({ rows }) => rows.length > 0);
  if (panels.length === 0) return undefined;
  const title = 'Effects over the occasions';
  const named = panels.flatMap(({ one, rows }) =>
    rows.map((row) => Object.assign({}, row, { name: `${titleOf(one)}: ${row.name}` })),
  );
  return {
    file: 'occasions.svg',
    title,
    alt: `Ratio of each endpoint over all occasions and in each run: ${named.map(rowWords).join('; ')}.`,
    spec: {
      title: {
        text: title,
        subtitle:
          'dark: over the occasions; grey: each run by itself; 95 % intervals; shaded: negligible',
        offset: 16,
      },
      columns: 1,
      spacing: 28,
      concat: panels.map(({ one, rows }) =>
        Object.assign(
          { title: { text: titleOf(one), fontSize: 12, frame: 'group', offset: 10 } },
          ratioRows(rows, { width: 460, labelLimit: 300, margin: one.margin.ratio }),
        ),
      ),
    },
    values: ratioTable(named, 'effect'),
  };
}

function titleOf({ title, otherTitle, baselineTitle, loadPoint }: JoinedComparison): string {
  return `${title}, ${otherTitle} / ${baselineTitle}, ${loadWords(loadPoint)}`;
}

function rowsOf({ ratio, occasions }: JoinedComparison): readonly RatioRow[] {
  return [
    ...rowOf('over the occasions', ratio, ink.text),
    ...occasions.flatMap((run, index) => rowOf(`run ${index + 1}`, run.ratio, RUN_COLOUR)),
  ];
}

function rowOf(name: string, ratio: Estimate | undefined, colour: string): readonly RatioRow[] {
  if (ratio === undefined || ratio.value > MOST_RATIO || ratio.value < 1 / MOST_RATIO) return [];
  const { value, low = value, high = value } = ratio;
  return [{ name, ratio: value, low, high, colour }];
}
