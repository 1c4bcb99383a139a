// Report parts of scenario `proxies`: a table of what each path does to streams, and a sentence for
// each proxy and transport. Values stand side by side; nothing is compared statistically.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName, armTitle } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { proxies } from '../../contract/arms/proxies/proxies.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Plan } from '../../contract/run-file.ts';
import type { ProxyCellsPlan } from '../../contract/proxy-cells.ts';
import {
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
} from '../../report/blocks.ts';
import {
  formatCount,
  formatDifference,
  formatSetting,
  formatValue,
  UNKNOWN,
} from '../../report/format.ts';
import { code, plainText } from '../../report/inline.ts';
import { listWords } from '../../report/mechanisms.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import type { ReportContext } from '../../report/report-context.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { wrap } from '../../report/text-layout.ts';
import type { ArmCells, Cut, Happening, ProxiesFindings } from './findings.ts';
import { describeCells } from './sentences.ts';
import { CLAIM, verdictSentences } from './verdict.ts';

export const proxiesParts: ScenarioParts<ProxiesFindings> = {
  title: 'over real proxies',
  heading: 'What real proxies do to streams',
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
    'It is what these versions of the proxies do with these configurations, one proxy at a time, over HTTP/1.1 without TLS on both sides.',
    'The server asks nginx not to buffer (`X-Accel-Buffering: no`), as event streams usually do: without that field what nginx holds back depends on its buffers.',
    'What a stalled reader and a compressing proxy do is not among the cells.',
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
        ` a quiet one and one with ${formatCount(cells.longTokensPerSecond)} tokens/s are watched for ${formatSetting(watchedForNs(plan), 'ns')}. Then the server stops in good order, and ${formatSetting(cells.restart.outageNs, 'ns')} later another follows on its port. No heartbeats are sent. Every limit of idle time of a proxy is divided by ${formatCount(cells.idleScale)}, so that a trial sees it.`)
  );
}

function cellsSection(context: ReportContext<ProxiesFindings>): readonly Block[] {
  const { analysis } = context;
  const verdict = verdictSentences(analysis.plan, analysis.proxyCells);
  return [
    ...section(`“${CLAIM}”`, verdict.length === 0 ? [] : [list(verdict), VISIBLY]),
    ...section('What each path does', [
      list(sentencesOf(analysis)),
      cellTable(analysis),
      'First token, and delivery of all timed tokens, are later by so much than over loopback in the same block (medians over blocks). A stop is the client closing its connection; it has reached the server when the server sees its own connection closed. **>** stands before a time for which it was waited in vain. While the server restarts, requests are sent every half second; an answer after which an EventSource gives up for good is **strong**.',
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

function cellTable({ plan, proxyCells }: Analysis & ProxiesFindings): Content {
  const rows = plan.arms.flatMap((arm) => {
    const cells = proxyCells.find((one) => one.arm === armName(arm));
    return cells === undefined
      ? []
      : [[armName(arm), ...columns.map(({ cellOf }) => cellOf(cells))]];
  });
  return table([left('arm'), ...columns.map(({ title }) => right(title))], rows);
}

interface CellColumn {
  readonly title: string;
  readonly cellOf: (cells: ArmCells) => string;
}

const columns: readonly CellColumn[] = [
  {
    title: 'connects',
    cellOf: ({ trials, asked, accepted }) =>
      trials === 0
        ? 'not measured'
        : accepted === asked
          ? 'yes'
          : accepted === 0
            ? '**no**'
            : `${formatCount(accepted)} of ${formatCount(asked)}`,
  },
  { title: 'first token', cellOf: ({ firstTokenNs }) => formatValue(firstTokenNs, 'ns') },
  { title: 'later by', cellOf: ({ added }) => formatDifference(added.firstTokenNs, 'ns') },
  { title: 'delivery p50 later by', cellOf: ({ added }) => formatDifference(added.p50Ns, 'ns') },
  { title: 'p99 later by', cellOf: ({ added }) => formatDifference(added.p99Ns, 'ns') },
  {
    title: 'tokens a read',
    cellOf: ({ tokensPerRead }) =>
      tokensPerRead === undefined ? UNKNOWN : tokensPerRead.toFixed(2),
  },
  { title: 'held to the end', cellOf: (cells) => heldText(cells) },
  { title: 'stop, active', cellOf: ({ stopActive }) => shortReach(stopActive) },
  { title: 'stop, quiet', cellOf: ({ stopQuiet }) => shortReach(stopQuiet) },
  { title: 'quiet stream cut', cellOf: ({ quiet }) => shortCut(quiet) },
  { title: 'long stream cut', cellOf: ({ long }) => shortCut(long) },
  { title: 'told while the server restarts', cellOf: restartCell },
];

function restartCell({ accepted: before, restart }: ArmCells): string {
  const { asked, accepted, told, endsForGood } = restart;
  // The restart changes nothing where every stream is refused.
  if (asked === 0 || before === 0) return UNKNOWN;
  if (accepted === asked) return 'waits';
  const words = told.map(code).join(', ');
  return endsForGood ? `**${words}**` : words;
}

function heldText({ accepted, firstTokenNs, isHeld }: ArmCells): string {
  if (accepted === 0 || firstTokenNs === undefined) return UNKNOWN;
  return isHeld ? '**yes**' : 'no';
}

function shortReach({ of, seen, afterNs, notWithinNs }: Happening): string {
  if (of === 0) return UNKNOWN;
  return seen === 0 ? `**> ${formatSetting(notWithinNs ?? 0, 'ns')}**` : formatValue(afterNs, 'ns');
}

function shortCut({ of, seen, afterNs, notWithinNs }: Cut): string {
  if (of === 0) return UNKNOWN;
  return seen === 0
    ? `no (> ${formatSetting(notWithinNs ?? 0, 'ns')})`
    : `**${formatValue(afterNs, 'ns')}**`;
}
