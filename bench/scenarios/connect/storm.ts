// Shows the outcome of streams that all began at one moment.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { ConnectFindings, StormAnalysis } from './findings.ts';
import { loadPointKey } from '../../contract/load-point.ts';
import { formatCount, formatPercent, formatValue } from '../../report/format.ts';
import { heading, list, section, type Block } from '../../report/blocks.ts';
import { code } from '../../report/inline.ts';
import { armTitleOf, loadWords, type ReportContext } from '../../report/report-context.ts';
import { chartFigures, type ChartLink } from '../../report/sections/chart-links.ts';
import {
  contestantsAt,
  estimateOf,
  renderMetricRows,
  type ArmValues,
} from '../../report/arm-estimates.ts';

const rows = [
  'open.rate',
  'open.p50',
  'open.p95',
  'open.p99',
  'open.max',
  'ttft.p50',
  'ttft.p99',
  'open.failed',
  'open.refused',
  'open.timedout',
  'open.overflows',
  'open.drops',
  'open.synretransmits',
  'open.issue',
  'cpu.server.stream',
] as const;

export function stormPoints({ analysis }: ReportContext): readonly LoadPointAnalysis[] {
  return analysis.loadPoints.filter(({ loadPoint }) => loadPoint.connecting === 'storm');
}

export function renderStorms(
  context: ReportContext<ConnectFindings>,
  charts: readonly ChartLink[],
): readonly Block[] {
  const points = stormPoints(context);
  if (points.length === 0) return [];
  return section('When all come at once', [
    ...points.map((point) => [
      points.length === 1 ? [] : heading(3, loadWords(point.loadPoint)),
      list([
        ...contestantsAt(context, point).flatMap((arm) => paceSentence(point, arm)),
        ...failureSentences(context, point),
      ]),
      renderMetricRows(context, point, rows),
    ]),
    issueSentence(context, points),
    chartFigures(charts),
  ]);
}

/** Empty when nothing was accepted. */
function paceSentence(
  { loadPoint }: LoadPointAnalysis,
  { title, valueOf, text }: ArmValues,
): readonly string[] {
  const rate = valueOf('open.rate');
  if (rate === undefined) return [];
  return [
    `Over ${title}, the server opens ${formatCount(rate)} streams a second while ${formatCount(loadPoint.connections)} wait: half of them are accepted within ${text('open.p50')},` +
      ` 99 of 100 within ${text('open.p99')}, and the last after ${text('open.max')}.`,
  ];
}

function failureSentences(
  context: ReportContext<ConnectFindings>,
  point: LoadPointAnalysis,
): readonly string[] {
  const storm = context.analysis.connect.storms.find(
    ({ loadPoint }) => loadPointKey(loadPoint) === loadPointKey(point.loadPoint),
  );
  if (storm === undefined || point.arms.every(({ completed }) => completed === 0)) return [];
  const { failures } = storm;
  const failed = [...Map.groupBy(failures, ({ arm }) => arm)].map(([arm, own]) =>
    failedWords(armTitleOf(context.analysis, arm), own),
  );
  return [
    failed.length === 0
      ? 'No stream failed, in any arm.'
      : `${failed.join(' ')} They have no times: the quantiles are those of the others.`,
    kernelSentence(point),
  ];
}

function failedWords(title: string, failures: StormAnalysis['failures']): string {
  const count = failures.reduce((sum, one) => sum + one.count, 0);
  const streams = failures[0]?.streams ?? 0;
  const causes = failures.map((one) => `${code(one.cause)} ×${formatCount(one.count)}`).join(', ');
  return `Over ${title}, ${formatCount(count)} of ${formatCount(streams)} streams of all storms failed (${formatPercent(count / streams, 2)}): ${causes}.`;
}

function kernelSentence(point: LoadPointAnalysis): string {
  const most = (metric: string): number | undefined => {
    const values = point.arms.flatMap(({ name }) => estimateOf(point, metric, name)?.value ?? []);
    return values.length === 0 ? undefined : Math.max(...values);
  };
  const [overflows, retransmits] = [most('open.overflows'), most('open.synretransmits')];
  if (overflows === undefined || retransmits === undefined)
    return 'What the kernel dropped could not be read.';
  if (overflows === 0 && retransmits === 0)
    return 'The kernel had room for every connection: its accept queue never overflowed, and no first packet was sent again.';
  return (
    `By the counters of the kernel, in which every other program of the machine takes part, up to ${formatCount(overflows)} connections a storm found the accept queue full` +
    ` and up to ${formatCount(retransmits)} first packets were sent again: whoever is dropped tries again after a second, then two, then four (RFC 6298 §2), whatever the transport.`
  );
}

function issueSentence({ metrics }: ReportContext, points: readonly LoadPointAnalysis[]): string {
  const issue = points.flatMap((point) =>
    point.arms.flatMap(({ name }) => estimateOf(point, 'open.issue', name)?.value ?? []),
  );
  if (issue.length === 0 || !metrics.some(({ id }) => id === 'open.issue')) return '';
  return (
    `A storm is one loop over connect() in the load process, which took ${issue.length === 1 ? '' : 'up to '}${formatValue(Math.max(...issue), 'ns')}.` +
    ' Each open latency counts from the call of its own stream; that the process was late for what came next is in all of them.'
  );
}
