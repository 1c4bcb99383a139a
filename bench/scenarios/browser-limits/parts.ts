// Report parts of scenario `browser-limits`: how many streams one browser opened, and the fate of
// the next stream and of an ordinary request. Shows counts and times as they were seen; nothing is
// compared.

import type { Analysis } from '../../analysis/analysis.ts';
import type { ArmBrowserLimits, BrowserLimitsAnalysis } from './findings.ts';
import {
  armName,
  armTitle,
  httpVersionsOf,
  isToldSharing,
  sharesConnections,
  type Arm,
} from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { BrowserLimitsFindings } from './findings.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { streamPatienceNs, type BrowserLimitsPlan } from '../../contract/browser-limits.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { formatCount, formatSetting, formatValue, UNKNOWN } from '../../report/format.ts';
import { left, right, section } from '../../report/blocks.ts';
import { listWords, transportIdsOf, transportsOf } from '../../report/mechanisms.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import { wrap } from '../../report/text-layout.ts';
import { TERMINAL_COLUMNS } from '../../report/paint.ts';
import { counted, fateOf, pairsOf, sentencesOf, type Words } from './sentences.ts';
import type { ScenarioParts } from '../../report/scenario-parts.ts';
import { heading, list, table, type Block, type Table } from '../../report/blocks.ts';

export const browserLimitsParts: ScenarioParts<BrowserLimitsFindings> = {
  title: 'for as many streams as one browser opens to one origin',
  metricGroups: [{ title: 'Streams of one browser', words: ['limits'] }],
  circumstances,
  sections: limitsSection,
  terminal: (context) => [
    context.analysis.browserLimits
      .flatMap((point) => point.arms.flatMap((arm) => sentencesOf(arm, wordsOf(context, arm))))
      .flatMap((sentence) => wrap(sentence, TERMINAL_COLUMNS))
      .join('\n'),
  ],
  asymmetries: ({ plan }) => {
    const present = transportsOf(plan.arms);
    const isSlow = present.some(({ capabilities }) => capabilities.closingHandshake);
    const closings = new Set(present.flatMap(({ inBrowser }) => inBrowser?.closing ?? []));
    return [...(isSlow ? [[...closings].join(' ')] : []), ...allowances(plan.arms)];
  },
  limits: (analysis) => [
    `It is what ${browsersOf(analysis)} does, headless and with settings as they come. Other browsers and other versions have limits of their own.`,
    ...(transportsOf(analysis.plan.arms).some(({ capabilities }) => capabilities.http === 2)
      ? [
          'Over HTTP/2 the browser is told by what it is connected to: a proxy in front of the application says how many streams the proxy allows, whatever the application does.',
        ]
      : [
          'Only HTTP/1.1 took part. Over HTTP/2 the streams of an origin share one connection, and what it carries is up to both ends (RFC 9113 §5.1.2).',
        ]),
    'The browser asks for an icon of each page by itself, which over HTTP/1.1 takes the place of a stream for a moment. Here that request was blocked in the page, by the DevTools protocol.',
    ...transportsOf(analysis.plan.arms).flatMap(({ inBrowser }) => inBrowser?.doubt ?? []),
    'Times are those of the page’s clock, which has steps of 0.1 ms.',
  ],
  comparesNothing: true,
  // Nothing is measured in a window.
  settings: () => [],
};

/** The servers of arms over HTTP/2 send this to the browser. */
function allowances(arms: readonly Arm[]): readonly string[] {
  const shared = arms.filter((arm) => sharesConnections(arm) && !isToldSharing(arm));
  if (shared.length === 0) return [];
  const said = shared.map((arm) =>
    arm.streamsPerConnection === undefined
      ? `${armTitle(arm)}: the server does not say it, as node:http2 by default`
      : `${armTitle(arm)}: it says ${formatCount(arm.streamsPerConnection)}`,
  );
  return [
    `Over HTTP/2 a server may say how many streams it allows on a connection (SETTINGS_MAX_CONCURRENT_STREAMS, RFC 9113 §6.5.2). ${said.join('. ')}. The browser has limits of its own beside.`,
  ];
}

function circumstances(analysis: Analysis & BrowserLimitsFindings): string {
  const { plan } = analysis;
  const { workload, browserLimits } = plan;
  const lastsNs = (workload.tokensPerStream / workload.tokensPerSecond) * NS_PER_S;
  // As many are asked for as over WebSocket where streams share connections.
  const fewer = transportsOf(plan.arms.filter((arm) => !sharesConnections(arm))).flatMap(
    ({ title, inBrowser }) => (inBrowser?.beyond === 'waits' ? [title] : []),
  );
  return (
    `One browser (${browsersOf(analysis)}) asks each twin for streams from pages of the twin’s own origin, over ${listWords(httpVersionsOf(plan.arms))}: in one tab one stream after another, in another profile all at once, and in a third` +
    ` one after another in two tabs. Load: ${plan.loadPoints.map(loadPointTitle).join('; ')}${browserLimits === undefined || fewer.length === 0 ? '' : `; over ${listWords(fewer)} at most ${formatCount(browserLimits.mostEventSources)}`}.` +
    ` A stream would last ${formatSetting(lastsNs, 'ns')}, longer than the trial.` +
    (browserLimits === undefined
      ? ''
      : ` What is said to wait had waited for ${patiences(plan.arms, browserLimits).join(', ')}.`)
  );
}

/** `1.50 s (a stream of SSE)`: how long each kind of stream, and a request, had been waiting. */
function patiences(arms: readonly Arm[], plan: BrowserLimitsPlan): readonly string[] {
  const streams = transportIdsOf(arms).map(
    (id) => [streamPatienceNs(plan, id), transports[id].inBrowser?.stream ?? id] as const,
  );
  return [...streams, [plan.patienceNs.request, 'a request'] as const].map(
    ([ns, what]) => `${formatSetting(ns, 'ns')} (${what})`,
  );
}

function browsersOf({ browserLimits }: BrowserLimitsFindings): string {
  const names = new Set(
    browserLimits.flatMap(({ arms }) => arms.flatMap(({ browsers }) => browsers)),
  );
  return names.size === 0 ? 'a browser that no trial got to name' : [...names].join(' and ');
}

function limitsSection(context: ReportContext<BrowserLimitsFindings>): readonly Block[] {
  const points = context.analysis.browserLimits;
  return section('What one browser opens', [
    ...points.map((point) => [
      points.length === 1 ? [] : heading(3, loadPointTitle(point.loadPoint)),
      list(point.arms.flatMap((arm) => sentencesOf(arm, wordsOf(context, arm)))),
      limitsTable(context, point),
    ]),
    'Where trials counted differently, the table has each count; times are medians over trials. An ordinary request is a `fetch` of `/healthz` by the page that holds the streams.',
  ]);
}

function wordsOf({ analysis }: ReportContext, { arm }: ArmBrowserLimits): Words {
  const { browserLimits, arms } = analysis.plan;
  const transport = arms.find((one) => armName(one) === arm)?.transport;
  return {
    title: armTitleOf(analysis, arm),
    streamPatience: formatPatience(
      browserLimits && transport && streamPatienceNs(browserLimits, transport),
    ),
    requestPatience: formatPatience(browserLimits?.patienceNs.request),
  };
}

const formatPatience = (ns: number | undefined): string =>
  ns === undefined ? UNKNOWN : formatSetting(ns, 'ns');

type Row = readonly [title: string, cellOf: (arm: ArmBrowserLimits) => string];

const time = (ns: number | undefined): string => formatValue(ns, 'ns');

const rows: readonly Row[] = [
  ['one tab, one after another: asked for', ({ asked }) => formatCount(asked)],
  ['**opened**', ({ opened }) => `**${counted(opened)}**`],
  ['until the last of them was open', ({ spanNs }) => time(spanNs)],
  ['**the next one**', ({ next }) => `**${fateOf(next)}**`],
  [
    'one more open after another was closed',
    ({ next }) =>
      next.waits + next.fails > 0 && next.served === 0 ? 'not in time' : time(next.servedAfterNs),
  ],
  ['an ordinary request: before any stream', ({ requests }) => time(requests.beforeNs)],
  [
    '**while the streams are open**',
    ({ requests, trials }) => `**${whileOpen(requests, trials)}**`,
  ],
  [
    'one that had to wait: after a stream was closed',
    ({ requests }) => time(requests.afterClosingNs),
  ],
  ['with one stream fewer', ({ requests }) => time(requests.afterNs)],
  [
    'two tabs of one profile: asked for',
    ({ tabs }) => `${formatCount(tabs.asked)} + ${formatCount(tabs.asked)}`,
  ],
  ['**opened by both**', ({ tabs }) => `**${pairsOf(tabs.opened)}**`],
  [
    'the next one of the second tab',
    ({ tabs }) => fateOf({ waits: tabs.secondWaits, fails: tabs.secondFails }),
  ],
  ['one tab, all at once: opened', ({ atOnce }) => counted(atOnce.opened)],
  ['all at once: waiting', ({ atOnce }) => counted(atOnce.waiting)],
  ['all at once: failed', ({ atOnce }) => counted(atOnce.failed)],
  ['all at once: until the last was open', ({ atOnce }) => time(atOnce.spanNs)],
];

function limitsTable({ analysis }: ReportContext, { arms }: BrowserLimitsAnalysis): Table {
  return table(
    [left(''), ...arms.map(({ arm }) => right(armTitleOf(analysis, arm)))],
    rows.map(([title, cellOf]) =>
      [title].concat(arms.map((arm) => (arm.trials === 0 ? UNKNOWN : cellOf(arm)))),
    ),
  );
}

function whileOpen({ waited, whileOpenNs }: ArmBrowserLimits['requests'], trials: number): string {
  if (waited === 0) return time(whileOpenNs);
  return waited === trials ? 'waits' : `waits in ${waited} of ${trials} trials`;
}
