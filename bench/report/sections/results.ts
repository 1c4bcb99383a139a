// Every metric of every arm, grouped as a stream lives: it opens, its first token comes, tokens arrive, and all of it costs.

import type { LoadPointAnalysis, MetricSummary } from '../../analysis/analysis.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { formatEstimate, UNKNOWN } from '../format.ts';
import { bulletList, foldedBlock, joinBlocks, left, renderTable, right, section } from '../markdown.ts';
import { armTitle, armTitleOf, type MetricText, type ReportContext } from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';

/** Grouped by the first word of the metric's id; metrics that fit no group are printed last. */
const groups: readonly { readonly title: string; readonly words: readonly string[] }[] = [
  { title: 'Whole streams', words: ['completions', 'completion'] },
  { title: 'Capacity', words: ['capacity'] },
  { title: 'Streams of one browser', words: ['limits'] },
  { title: 'Opening', words: ['connect', 'open'] },
  { title: 'First token', words: ['ttft'] },
  {
    title: 'Noticing and coming back',
    words: ['detect', 'reconnect', 'attempts', 'accepts', 'resumed', 'healed', 'caughtup', 'gap', 'recovered'],
  },
  { title: 'Loss and repetition', words: ['lost', 'duplicated', 'replayed'] },
  { title: 'Delivery', words: ['delivery', 'append', 'lateness', 'pacer', 'spread', 'neighbours'] },
  { title: 'Clients that stopped reading', words: ['stall'] },
  {
    title: 'Cadence',
    words: ['icl', 'itl', 'tpot', 'jitter', 'e2e', 'coalescing', 'rate'],
  },
  { title: 'Cost', words: ['cpu', 'calls', 'elu', 'gc'] },
  { title: 'Bytes', words: ['bytes', 'segments'] },
  { title: 'Memory', words: ['memory'] },
  { title: 'Peers', words: ['peers'] },
  { title: 'Ordinary requests', words: ['canary'] },
];

export function renderResults(context: RunReport): string {
  return section('All results', [
    'Mean over trials with its 95 % confidence interval; every quantile was taken inside a trial.',
    ...context.analysis.loadPoints.map((point, index) => {
      const body = joinBlocks([table(context, point), notes(context, point)]);
      // The first table is the result; further ones are folded. Of many load points all are: the sections above have shown the results.
      return index === 0 && context.parts.hasManyPoints !== true
        ? joinBlocks([`### ${loadPointTitle(point.loadPoint)}`, body])
        : foldedBlock(loadPointTitle(point.loadPoint), body);
    }),
  ]);
}

function table({ metrics }: ReportContext, point: LoadPointAnalysis): string {
  const summaryOf = (metric: string, arm: string): MetricSummary | undefined =>
    point.summaries.find((summary) => summary.metric === metric && summary.arm === arm);
  const rows: string[][] = [];
  for (const { title, members } of groupMetrics(metrics)) {
    const shown = members.filter((metric) => point.arms.some((arm) => summaryOf(metric.id, arm.name)?.estimate !== undefined));
    if (shown.length > 0) rows.push([`**${title}**`, ...point.arms.map(() => '')]);
    for (const metric of shown) rows.push([metric.title, ...point.arms.map((arm) => valueCell(summaryOf(metric.id, arm.name), metric))]);
  }
  return renderTable([left('metric'), ...point.arms.map((arm) => right(armTitle(arm.arm)))], rows);
}

function valueCell(summary: MetricSummary | undefined, metric: MetricText): string {
  if (summary?.estimate === undefined) return UNKNOWN;
  return formatEstimate(summary.estimate, metric.unit) + (summary.note === undefined ? '' : ' \\*');
}

/** Arms that share a note share its line. */
function notes({ analysis, metrics }: ReportContext, point: LoadPointAnalysis): string {
  const lines = metrics.flatMap((metric) => {
    const noted = point.summaries.filter((summary) => summary.metric === metric.id && summary.note !== undefined);
    return [...new Set(noted.map((summary) => summary.note))].map((note) => {
      const arms = noted.filter((summary) => summary.note === note).map((summary) => armTitleOf(analysis, summary.arm));
      const isForAll = arms.length === point.arms.length;
      return `${metric.title}${isForAll ? '' : ` (${arms.join(', ')})`}: ${note}`;
    });
  });
  return lines.length === 0 ? '' : `Numbers that are missing, or marked \\* and to be doubted:\n\n${bulletList(lines)}`;
}

export function groupMetrics(
  metrics: readonly MetricText[],
): readonly { readonly title: string; readonly members: readonly MetricText[] }[] {
  const groupOf = (metric: MetricText): string => {
    const [word = ''] = metric.id.split('.');
    return groups.find((group) => group.words.includes(word))?.title ?? 'Other';
  };
  return [...groups.map((group) => group.title), 'Other']
    .map((title) => ({ title, members: metrics.filter((metric) => groupOf(metric) === title) }))
    .filter(({ members }) => members.length > 0);
}
