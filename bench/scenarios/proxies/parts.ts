// Report parts of scenario `proxies`: a table of what each path does to streams, and a sentence for
// each proxy and transport. Values stand side by side; nothing is compared statistically.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName, armTitle } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { proxies } from '../../contract/arms/proxies/proxies.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Plan } from '../../contract/run-file.ts';
import type { ProxyCellsPlan } from '../../contract/proxy-cells.ts';
import { list, section, type Block } from '../../report/blocks.ts';
import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { plainText } from '../../report/inline.ts';
import { listWords } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import type { ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import { arrivalTable, failureTable } from './cell-tables.ts';
import type { ProxiesFindings } from './findings.ts';
import { describeCells } from './sentences.ts';
import { CLAIM, verdictSentences } from './verdict.ts';

export const proxiesParts: ScenarioParts<ProxiesFindings> = {
  title: 'over real proxies',
  heading: () => 'What real proxies do to streams',
  metricGroups: [{ title: 'Streams over the path', words: ['path'] }],
  circumstances,
  sections: cellsSection,
  terminal: (context) => [
    [
      ...verdictSentences(context.analysis.plan, context.analysis.proxyCells),
      ...sentencesOf(context.analysis),
    ]
      .flatMap((sentence) => wrap(plainText(sentence), TERMINAL_COLUMNS))
      .join('\n'),
  ],
  alike: 'streams, due times, server, client and order of work',
  limits: () => [
    'It is what these versions of the proxies do with these configurations, one proxy at a time, over HTTP/1.1 without TLS on both sides; through a forward proxy also in a tunnel, with TLS from end to end.',
    'The server asks nginx not to buffer (`X-Accel-Buffering: no`), as event streams usually do: without that field what nginx holds back depends on its buffers.',
    'What a proxy changes of a request is not among the cells.',
  ],
  comparesNothing: true,
  settings: ({ plan }) => [
    ['a stream is watched for', formatSetting(watchedForNs(plan), 'ns')],
    ['limits of idle time divided by', formatCount(plan.proxyCells?.idleScale)],
  ],
  takesProbeOnly: true,
};

function watchedForNs({ windowNs, proxyCells }: Plan): number {
  return windowNs - (proxyCells?.restart.watchNs ?? 0);
}

function planOf({ plan }: Pick<Analysis, 'plan'>): ProxyCellsPlan | undefined {
  return plan.proxyCells;
}

function circumstances(analysis: Analysis & ProxiesFindings): string {
  const { plan } = analysis;
  const cells = planOf(analysis);
  const titles = [
    ...new Set(
      plan.arms.flatMap(({ path }) => {
        const { real } = paths[path];
        return real === undefined ? [] : [proxies[real.name].title];
      }),
    ),
  ];
  const timed = plan.loadPoints.map(({ connections }) => formatCount(connections)).join(', ');
  return (
    `Streams of ${listWords([...new Set(plan.arms.map(({ transport }) => transports[transport].title))])} go over ${titles.length === 0 ? 'no real proxy' : listWords(titles)}, each as its documentation begins and with the fewest lines that make both transports right, and over loopback.` +
    (cells === undefined
      ? ''
      : ` In a trial ${timed} streams of ${formatCount(cells.pacedTokens)} tokens at ${formatCount(cells.pacedTokensPerSecond)} tokens/s are timed; one active and one quiet stream are stopped by the client after ${formatSetting(cells.stopAfterNs, 'ns')};` +
        ` a quiet one and one with ${formatCount(cells.longTokensPerSecond)} tokens/s are watched for ${formatSetting(watchedForNs(plan), 'ns')}.${stalledText(cells)} Then the server stops in good order, and ${formatSetting(cells.restart.outageNs, 'ns')} later another follows on its port. No heartbeats are sent. Every limit of idle time of a proxy is divided by ${formatCount(cells.idleScale)}, so that a trial sees it.${besideText(plan)}`)
  );
}

function besideText({ lanes = 1 }: Plan): string {
  return lanes === 1
    ? ''
    : ` ${formatCount(lanes)} trials run side by side, because they wait most of the time: what is shorter than some milliseconds may be the others’.`;
}

function stalledText({ stalled }: ProxyCellsPlan): string {
  return stalled === undefined
    ? ''
    : ` A client stops reading a stream of ${formatValue(stalled.tokens * stalled.tokenBytes, 'bytes')}.`;
}

function cellsSection(context: ReportContext<ProxiesFindings>): readonly Block[] {
  const { analysis } = context;
  const verdict = verdictSentences(analysis.plan, analysis.proxyCells);
  return [
    ...section(`“${CLAIM}”`, verdict.length === 0 ? [] : [list(verdict), VISIBLY]),
    ...section('What each path does', [
      list(sentencesOf(analysis)),
      arrivalTable(analysis.plan, analysis.proxyCells),
      'First token, and delivery of all timed tokens, are later by so much than over loopback in the same block (medians over blocks). A stop is the client closing its connection; it has reached the server when the server sees its own connection closed. **>** stands before a time for which it was waited in vain.',
      failureTable(analysis.plan, analysis.proxyCells),
      'A stalled reader stops reading a large stream at its first token: so much left the server, and did not reach it, until the server was held back; **all** where it never was. Of a response, fields that the path adds (+), takes away (-) or alters (~) are named, those of one hop aside. While the server restarts, requests are sent every half second; an answer after which an EventSource gives up for good is **strong**. A library whose stream was open then does what it does: an EventSource tries again by itself or gives up, and any other is asked again each second; times count from when the next server listens.',
    ]),
  ];
}

const VISIBLY =
  'Visibly late: the first token, or the median of all, is later than over loopback by more than 16 ms, a picture of a screen. What passes on this machine passes without the delays, limits and versions of another network.';

/** One for each proxy and transport: as its documentation begins, and fixed. */
function sentencesOf(analysis: Analysis & ProxiesFindings): readonly string[] {
  const { plan, proxyCells } = analysis;
  const words = { idleScale: planOf(analysis)?.idleScale ?? 1 };
  return plan.arms.flatMap((arm) => {
    const cells = proxyCells.find((one) => one.arm === armName(arm));
    return cells === undefined || cells.trials === 0
      ? []
      : [`**${armTitle(arm)}**: ${describeCells(cells, words)}.`];
  });
}
