// Renders comparisons that were not declared before the run: they suggest what to look at next and
// decide nothing.
import { loadPointTitle } from '../../contract/load-point.ts';

import {
  formatDifferenceEstimate,
  formatEstimate,
  formatP,
  formatRatio,
  UNKNOWN,
} from '../format.ts';
import { details, flow, left, right, section, table, type Block } from '../blocks.ts';
import {
  comparedPairs,
  exploratoryComparisons,
  metricText,
  pairTitle,
  pairTitles,
  type ArmComparison,
  type ReportContext,
} from '../report-context.ts';

/** Benjamini–Hochberg: of the rows that are marked, about one in ten may be marked by chance. */
const FALSE_DISCOVERY_RATE = 0.1;

export function renderExploratory(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  const tables = analysis.loadPoints.flatMap((point) =>
    comparedPairs(point).map((pair) => {
      const [baseline, other] = pairTitles(analysis, pair);
      return details(
        `${pairTitle(analysis, pair)}, ${loadPointTitle(point.loadPoint)}`,
        table(
          [
            left('metric'),
            right(baseline),
            right(other),
            right('ratio [95 % CI]'),
            right('difference [95 % CI]'),
            right('p (BH)'),
            left('marked'),
          ],
          exploratoryComparisons(point, pair).map((comparison) => rowOf(context, comparison)),
        ),
      );
    }),
  );
  if (flow(tables).length === 0) return [];
  return section('Exploratory comparisons', [
    'These metrics were not declared before the run. Rows are marked at a false discovery rate of 10 % (Benjamini–Hochberg): of all marked rows,' +
      ' about one in ten may be chance. A row without a mark shows nothing, in particular not equality.',
    ...tables,
  ]);
}

function rowOf({ metrics }: ReportContext, comparison: ArmComparison): readonly string[] {
  const { title, unit } = metricText(metrics, comparison.metric);
  return [
    title,
    formatEstimate(comparison.baseline, unit),
    formatEstimate(comparison.other, unit),
    formatRatio(comparison.ratio),
    formatDifferenceEstimate(comparison.difference, unit),
    formatP(comparison.adjustedP),
    mark(comparison),
  ];
}

function mark({ verdict, adjustedP }: ArmComparison): string {
  if (verdict.kind === 'exact') return 'exact';
  if (adjustedP === undefined) return UNKNOWN;
  return adjustedP <= FALSE_DISCOVERY_RATE ? 'differs' : '';
}
