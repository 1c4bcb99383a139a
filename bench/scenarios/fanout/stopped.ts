// Shows the cost of one subscriber that does not read to the others: compares each arm with itself.

import type { FanoutFindings, StoppedSubscriber } from './findings.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { formatCount, formatEstimate, formatRatio, UNKNOWN } from '../../report/format.ts';
import {
  heading,
  left,
  right,
  section,
  table,
  type Block,
  type Table,
} from '../../report/blocks.ts';
import {
  armTitleOf,
  loadWords,
  metricText,
  type ReportContext,
} from '../../report/report-context.ts';

export function renderStoppedSubscribers(context: ReportContext<FanoutFindings>): readonly Block[] {
  const { fanout } = context.analysis;
  if (fanout.stopped.length === 0) return [];
  return section('What one subscriber who does not read costs the others', [
    'The same arm with and without one subscriber who stopped reading before the window, paired over blocks. The numbers are those of the subscribers who read.',
    ...fanout.stopped.flatMap((stopped) => [
      fanout.stopped.length === 1 ? [] : heading(3, loadWords(stopped.loadPoint)),
      effectTable(context, stopped),
      whatBecame(context, stopped),
    ]),
  ]);
}

function effectTable({ analysis, metrics }: ReportContext, { effects }: StoppedSubscriber): Table {
  return table(
    [
      left('metric'),
      left('arm'),
      right('all read'),
      right('one does not'),
      right('ratio [95 % CI]'),
      right('blocks'),
    ],
    effects
      .filter(({ blocks }) => blocks > 0)
      .map(({ metric, arm, without, withStopped, ratio, blocks }) => {
        const { title, unit } = metricText(metrics, metric);
        const cell = (estimate: typeof without): string =>
          estimate === undefined ? UNKNOWN : formatEstimate(estimate, unit);
        return [
          title,
          armTitleOf(analysis, arm),
          cell(without),
          cell(withStopped),
          formatRatio(ratio),
          formatCount(blocks),
        ];
      }),
  );
}

function whatBecame(
  { analysis }: ReportContext,
  { trials, blockedTrials, loadPoint }: StoppedSubscriber,
): string {
  if (trials === 0) return '';
  const messages = (loadPoint.messagesPerSecond ?? 0) * (analysis.plan.windowNs / NS_PER_S);
  const taken =
    blockedTrials === 0
      ? `In none of ${formatCount(trials)} trials was its socket full: the kernel took all of the ${formatCount(messages)} messages of the window.`
      : `In ${formatCount(blockedTrials)} of ${formatCount(trials)} trials its socket was full in the end.`;
  return `${taken} A server that waited for its slowest subscriber would show here; what it costs once the kernel takes no more is scenario \`slow-reader\`.`;
}
