// Report parts of scenario `head-of-line` besides its verdicts.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import { largeSpanNs } from '../../contract/large-messages.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { payloads } from '../../contract/payload.ts';
import { contestantsAt, renderMetricRows, type ArmValues } from '../../report/arm-estimates.ts';
import { heading, list, section, type Block } from '../../report/blocks.ts';
import { formatSetting, formatValue } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { transportsOf } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import type { ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';

export const headOfLineParts: ScenarioParts = {
  title: 'behind a large message',
  metricGroups: [
    { title: 'Beside large messages', words: ['behind', 'away', 'large'], before: 'Cadence' },
  ],
  circumstances,
  isOnTimetable: true,
  sections: renderWaiting,
  terminal: (context) => {
    const lines = context.analysis.loadPoints.flatMap((point) =>
      contestantsAt(context, point).flatMap((arm) => terminalLines(point, arm)),
    );
    return lines.length === 0 ? [] : [lines.join('\n')];
  },
  limits: ({ plan }) => [
    'One large message at a time was under way. Several at once share the link, and hold up those behind them for longer.',
    'The link is a limit on bytes by a relay of the harness, in turns of up to 10 ms among all connections: it has no loss, no delay of its own and no queue but the buffers of the kernel.' +
      ' What a kernel buffers for a slow network is what small messages wait behind; an application or a proxy that hands over less at a time makes them wait less.',
    ...(plan.arms.some(({ streamsPerConnection }) => streamsPerConnection !== undefined)
      ? []
      : ['No arm of this run shares connections, so none could hold its neighbours up.']),
  ],
};

function circumstances({ plan }: Analysis): string {
  const { workload, payload } = plan;
  return (
    `Streams of ${formatSetting(workload.tokensPerSecond, 'tokens/s')} each, in payload ${code(payload)} (${payloads[payload].summary}), that last from the start of a trial to its end.` +
    ` Now and then, at a drawn moment, the next token of a drawn stream is a text of ${sizesOf(plan.loadPoints)}, and the others go on.` +
    ` Load: ${plan.loadPoints.map(loadPointTitle).join('; ')}. ${formatSetting(plan.windowNs, 'ns')} measured per trial.`
  );
}

function sizesOf(points: Analysis['plan']['loadPoints']): string {
  const sizes = points.map(({ largeBytes = 0 }) => formatSetting(largeBytes, 'bytes'));
  return [...new Set(sizes)].join(' or ');
}

const rows = [
  'behind.p50',
  'away.p50',
  'behind.p99',
  'away.p99',
  'behind.rise.p99',
  'large.p50',
] as const;

function renderWaiting(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  const sharing = transportsOf(analysis.plan.arms).flatMap(({ texts }) => texts.sharing ?? []);
  return section('What waits behind a large message', [
    ...analysis.loadPoints.map((point) => [
      analysis.loadPoints.length === 1 ? [] : heading(3, loadPointTitle(point.loadPoint)),
      list(contestantsAt(context, point).flatMap((arm) => sentences(point, arm))),
      renderMetricRows(context, point, rows),
    ]),
    `A token counts as behind a large message if it was due within the time that the message takes by the plan: its bytes over the link or, without a limit, ${formatSetting(largeSpanNs({}), 'ns')}. So it is the same tokens in every arm` +
      ' that shares connections alike; where no stream shares a connection, it is those of all other streams.',
    list(sharing),
  ]);
}

function sentences(
  { loadPoint }: LoadPointAnalysis,
  { arm, title, valueOf, text }: ArmValues,
): readonly string[] {
  if (valueOf('behind.p50') === undefined) return [];
  const who =
    arm.streamsPerConnection === undefined
      ? 'tokens of all other streams, none of which shares its connection,'
      : 'tokens of the other streams on its connection';
  return [
    `Over ${title}, ${who} that are due while a message of ${formatSetting(loadPoint.largeBytes ?? 0, 'bytes')} is under way arrive after ${text('behind.p50')} in the median and ${text('behind.p99')} at p99,` +
      ` against ${text('away.p50')} and ${text('away.p99')} at other times. The message itself takes ${text('large.p50')}${linkWords(loadPoint, valueOf('large.p50'))}.`,
  ];
}

/** The link takes this share of the time of a large message. */
function linkWords(loadPoint: LoadPointAnalysis['loadPoint'], takenNs: number | undefined): string {
  if (loadPoint.linkBytesPerSecond === undefined || takenNs === undefined) return '';
  return `, of which the link needs ${formatValue(largeSpanNs(loadPoint), 'ns')}`;
}

function terminalLines(
  { loadPoint }: LoadPointAnalysis,
  { title, valueOf, text }: ArmValues,
): readonly string[] {
  if (valueOf('behind.p50') === undefined) return [];
  const link = loadPoint.linkBytesPerSecond === undefined ? 'loopback' : linkTitle(loadPoint);
  return wrap(
    `${title}, ${link}: behind a large message p50 ${text('behind.p50')}, p99 ${text('behind.p99')}; at other times ${text('away.p50')}, ${text('away.p99')}`,
    TERMINAL_COLUMNS,
  );
}

const linkTitle = ({ linkBytesPerSecond = 0 }: LoadPointAnalysis['loadPoint']): string =>
  `${(8 * linkBytesPerSecond) / 1e6} Mbit/s`;
