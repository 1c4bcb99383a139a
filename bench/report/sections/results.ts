// Every metric of every arm, grouped as a stream lives: it opens, its first token comes, tokens
// arrive, and all of it costs.

import type { LoadPointAnalysis, MetricSummary } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { formatEstimate, UNKNOWN } from '../format.ts';
import {
  details,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type Table,
} from '../blocks.ts';
import { armTitle, armTitleOf, type MetricText, type ReportContext } from '../report-context.ts';
import type { MetricGroup, RunReport } from '../scenario-parts.ts';

/**
 * Grouped by the first word of the metric's id; those of a scenario come before or between them,
 * and metrics that fit none last.
 */
const groups: readonly MetricGroup[] = [
  { title: 'Opening', words: ['connect', 'open'] },
  { title: 'First token', words: ['ttft'] },
  { title: 'Delivery', words: ['delivery', 'append', 'lateness', 'pacer', 'spread', 'neighbours'] },
  { title: 'Cadence', words: ['icl', 'itl', 'tpot', 'jitter', 'e2e', 'coalescing', 'rate'] },
  { title: 'Cost', words: ['cpu', 'calls', 'elu', 'gc'] },
  { title: 'Bytes', words: ['bytes', 'segments'] },
  { title: 'Memory', words: ['memory'] },
  { title: 'Ordinary requests', words: ['canary'] },
  { title: 'Arrivals', words: ['arrivals'] },
];

export function renderResults(context: RunReport): readonly Block[] {
  return section('All results', [
    'Mean over trials with its 95 % confidence interval; every quantile was taken inside a trial.',
    ...context.analysis.loadPoints.map((point, index) => {
      const body = [resultTable(context, point), notes(context, point)];
      // The first table is the result; further ones are folded. Of many load points all are: the
      // sections above have shown the results.
      return index === 0 && context.parts.hasManyPoints !== true
        ? [heading(3, loadPointTitle(point.loadPoint)), body]
        : details(loadPointTitle(point.loadPoint), body);
    }),
  ]);
}

function resultTable({ metrics, parts }: RunReport, point: LoadPointAnalysis): Table {
  const summaryOf = (metric: string, arm: string): MetricSummary | undefined =>
    point.summaries.find((summary) => summary.metric === metric && summary.arm === arm);
  const rows: string[][] = [];
  for (const { title, members } of groupMetrics(metrics, parts.metricGroups)) {
    const shown = members.filter((metric) =>
      point.arms.some((arm) => summaryOf(metric.id, arm.name)?.estimate !== undefined),
    );
    if (shown.length > 0) rows.push([`**${title}**`, ...point.arms.map(() => '')]);
    for (const metric of shown)
      rows.push([
        metric.title,
        ...point.arms.map((arm) => valueCell(summaryOf(metric.id, arm.name), metric)),
      ]);
  }
  return table([left('metric'), ...point.arms.map((arm) => right(armTitle(arm.arm)))], rows);
}

function valueCell(summary: MetricSummary | undefined, metric: MetricText): string {
  if (summary?.estimate === undefined) return UNKNOWN;
  return formatEstimate(summary.estimate, metric.unit) + (summary.note === undefined ? '' : ' \\*');
}

/** Arms that share a note share its line. */
function notes({ analysis, metrics }: ReportContext, point: LoadPointAnalysis): Content {
  const lines = metrics.flatMap((metric) => {
    const noted = point.summaries.filter(
      (summary) => summary.metric === metric.id && summary.note !== undefined,
    );
    return [...new Set(noted.map((summary) => summary.note))].map((note) => {
      const arms = noted
        .filter((summary) => summary.note === note)
        .map((summary) => armTitleOf(analysis, summary.arm));
      const isForAll = arms.length === point.arms.length;
      return `${metric.title}${isForAll ? '' : ` (${arms.join(', ')})`}: ${note}`;
    });
  });
  return lines.length === 0
    ? []
    : ['Numbers that are missing, or marked \\* and to be doubted:', list(lines)];
}

export function groupMetrics(
  metrics: readonly MetricText[],
  own: readonly MetricGroup[] = [],
): readonly { readonly title: string; readonly members: readonly MetricText[] }[] {
  const all = [
    ...own.filter(({ before }) => before === undefined),
    ...groups.flatMap((group) => own.filter(({ before }) => before === group.title).concat(group)),
  ];
  const groupOf = (metric: MetricText): string => {
    const [word = ''] = metric.id.split('.');
    return all.find((group) => group.words.includes(word))?.title ?? 'Other';
  };
  return [...all.map((group) => group.title), 'Other']
    .map((title) => ({ title, members: metrics.filter((metric) => groupOf(metric) === title) }))
    .filter(({ members }) => members.length > 0);
}
