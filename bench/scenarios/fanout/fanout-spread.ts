// Shows how far apart the subscribers get each message: numbers, and the reason why the first of them waits.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { formatCount, formatValue } from '../../report/format.ts';
import { left, list, right, section, table, type Block } from '../../report/blocks.ts';
import { armTitle, loadCell, type ReportContext } from '../../report/report-context.ts';
import { chartFigures, type ChartLink } from '../../report/sections/chart-links.ts';
import { contestantsAt, estimateOf, unitOf } from '../../report/arm-estimates.ts';

const columns = [
  ['first', 'spread.first.p50'],
  ['last', 'spread.last.p50'],
  ['spread p50', 'spread.p50'],
  ['spread p90', 'spread.p90'],
  ['spread p99', 'spread.p99'],
  ['longest', 'spread.max'],
  ['overran', 'spread.overrun'],
  ['CPU per delivery', 'cpu.server.token'],
] as const;

export function renderSpread(context: ReportContext, charts: readonly ChartLink[]): readonly Block[] {
  const { analysis } = context;
  const reading = analysis.loadPoints.filter(({ loadPoint }) => (loadPoint.stopped ?? 0) === 0);
  return section('How far apart the subscribers are', [
    list(reading.flatMap((point) => sentences(context, point))),
    table(
      [left('load point'), left('arm'), ...columns.map(([title]) => right(title))],
      reading.flatMap((point) => rows(context, point)),
    ),
    'Means over trials. **First**, **last**: from when a message was due to its receipt by the first and by the last subscriber, median of the messages.' +
      ' **Spread**: from the first receipt to the last; a quantile needs messages, not deliveries, and a dash says that there were too few.' +
      ' **Longest**: of all messages. **Overran**: messages that had not reached the last subscriber when the next one was due.' +
      ' A token is here one message to one subscriber, so CPU per token is CPU per delivery.',
    ...chartFigures(charts),
  ]);
}

function sentences(context: ReportContext, point: LoadPointAnalysis): readonly string[] {
  const { connections, messagesPerSecond } = point.loadPoint;
  const arms = contestantsAt(context, point).filter(({ valueOf }) => valueOf('spread.p50') !== undefined);
  if (arms.length === 0) return [];
  const each = arms.map(({ title, text }) => `${text('spread.first.p50')} and ${text('spread.last.p50')} over ${title}`);
  const rate = `${formatCount(messagesPerSecond)} message${messagesPerSecond === 1 ? '' : 's'}/s`;
  return [
    `At ${rate}, the first and the last of ${formatCount(connections)} subscribers have a message ${each.join(', ')} after it is due.${firstWaits(point)}`,
  ];
}

/** Empty unless the interval of the difference says which of the two waits. */
function firstWaits(point: LoadPointAnalysis): string {
  const comparison = point.comparisons.find(({ metric, otherArm }) => metric === 'spread.first.p50' && otherArm === 'ws');
  const { low, high } = comparison?.difference ?? {};
  const isBaselineSse = point.arms[0]?.arm.transport === 'sse';
  if (low === undefined || high === undefined || !isBaselineSse || high >= 0) return '';
  return (
    ` The first one waits ${formatValue(-(comparison?.difference?.value ?? 0), 'ns')} longer over SSE: node:http sends what was written in a turn of the event loop at its end,` +
    ' when the frames of all subscribers are made; ws sends each at once.'
  );
}

function rows({ metrics }: ReportContext, point: LoadPointAnalysis): readonly (readonly string[])[] {
  return point.arms.map(({ arm, name }) => [
    loadCell(point.loadPoint),
    armTitle(arm),
    ...columns.map(([, id]) => formatValue(estimateOf(point, id, name)?.value, unitOf(metrics, id))),
  ]);
}
