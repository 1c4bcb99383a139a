// Shows how far apart the subscribers get each message: numbers, and the reason why the first of
// them waits.

import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import { formatCount, formatValue } from '../../report/format.ts';
import { left, right, section } from '../../report/blocks.ts';
import { librariesThatWrite } from '../../report/mechanisms.ts';
import { armTitle, loadCell, type ReportContext } from '../../report/report-context.ts';
import { type ChartLink } from '../../report/sections/chart-links.ts';
import { contestantsAt, estimateOf, unitOf } from '../../report/arm-estimates.ts';
import { list, table, type Block } from '../../report/blocks.ts';
import { chartFigures } from '../../report/sections/chart-links.ts';

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

export function renderSpread(
  context: ReportContext,
  charts: readonly ChartLink[],
): readonly Block[] {
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
  const arms = contestantsAt(context, point).filter(
    ({ valueOf }) => valueOf('spread.p50') !== undefined,
  );
  if (arms.length === 0) return [];
  const each = arms.map(
    ({ title, text }) => `${text('spread.first.p50')} and ${text('spread.last.p50')} over ${title}`,
  );
  const rate = `${formatCount(messagesPerSecond)} message${messagesPerSecond === 1 ? '' : 's'}/s`;
  return [
    `At ${rate}, the first and the last of ${formatCount(connections)} subscribers have a message ${each.join(', ')} after it is due.${firstWaits(point)}`,
  ];
}

/**
 * Empty unless the baseline's library sends at the end of a turn, another one at once, and the
 * interval of the difference shows it.
 */
function firstWaits({ arms, comparisons }: LoadPointAnalysis): string {
  const [baseline, ...others] = arms.map(({ arm }) => arm);
  const [corked] = baseline === undefined ? [] : librariesThatWrite('corked', [baseline]);
  if (baseline === undefined || corked === undefined) return '';
  const other = others.find(
    (arm) => arm.client === baseline.client && librariesThatWrite('at-once', [arm]).length > 0,
  );
  if (other === undefined) return '';
  const difference = comparisons.find(
    ({ metric, otherArm }) => metric === 'spread.first.p50' && otherArm === armName(other),
  )?.difference;
  if (difference?.low === undefined || difference.high === undefined || difference.high >= 0)
    return '';
  return (
    ` The first one waits ${formatValue(-difference.value, 'ns')} longer over ${transports[baseline.transport].title}: ${corked} sends what was written in a turn of the event loop at its end,` +
    ` when the frames of all subscribers are made; ${librariesThatWrite('at-once', [other]).join()} sends each at once.`
  );
}

function rows(
  { metrics }: ReportContext,
  point: LoadPointAnalysis,
): readonly (readonly string[])[] {
  return point.arms.map(({ arm, name }) => [
    loadCell(point.loadPoint),
    armTitle(arm),
    ...columns.map(([, id]) =>
      formatValue(estimateOf(point, id, name)?.value, unitOf(metrics, id)),
    ),
  ]);
}
