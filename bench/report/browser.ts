// Reports where the time of a token goes between the server's write and the text that a reader
// could see in a page, and how well the page's clock was known when that was measured.

import type { Analysis } from '../analysis/analysis.ts';
import type { PageOfArm } from '../analysis/browser-analysis.ts';
import { reusesConnections } from '../contract/arms/arms.ts';
import { clientStacks, isBrowser } from '../contract/arms/stacks.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import { capitalised, formatCount, formatValue, UNKNOWN } from './format.ts';
import { left, right, section } from './blocks.ts';
import { transportsOf } from './mechanisms.ts';
import { heading, list, table, type Block } from './blocks.ts';
import { armTitleOf, type ReportContext } from './report-context.ts';
import { contestantsAt, renderMetricRows } from './arm-estimates.ts';
import { wrap } from './text-layout.ts';
import { TERMINAL_COLUMNS } from './paint.ts';

/** Metrics in the order of a token's path. */
const way = [
  'lateness.p50',
  'delivery.transport.p50',
  'append.page.p50',
  'append.transport.p50',
  'append.p50',
  'delivery.transport.p99',
  'append.page.p99',
  'append.transport.p99',
  'append.p99',
  'cpu.browser.token',
  'elu.page',
];

/** Empty for a run without a page. */
export function renderBrowser(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  const { browser } = analysis;
  if (browser === undefined) return [];
  return section('In the browser', [
    `Received by a page of the server's own origin in headless Chromium, which calls itself ${versionsOf(browser.arms)}. A token's way: the server **writes** it; the page's **callback** runs` +
      ' (an `EventSource` or `WebSocket` event, or a read of the `fetch` body), and takes a time before anything else; the page parses the payload and appends' +
      ' its text as a text node to the stream’s paragraph in the **DOM**, and takes a second time. Painting comes after that, up to a frame later, and is not measured.',
    ...analysis.loadPoints.map((point) => {
      const pages = { ...point, arms: point.arms.filter(({ arm }) => isBrowser(arm.client)) };
      return [
        heading(3, `${loadPointTitle(point.loadPoint)}: from the write to the DOM`),
        renderMetricRows(context, pages, way),
      ];
    }),
    'A quantile of a sum is not the sum of the quantiles. These comparisons were not declared beforehand: they explain, and decide nothing.',
    heading(3, 'The clock of the page'),
    table(
      [
        left('arm'),
        right('uncertainty, median'),
        right('worst'),
        right('step'),
        left('isolated'),
        right('clock moved'),
      ],
      browser.arms.map((arm) => clockRow(analysis, arm)),
    ),
    list([
      'The page reads `performance.now()`, the server and the load process CLOCK_MONOTONIC. Some hundred questions and answers before the streams and after them bound' +
        ' the offset between the two; a stamp of the page may be off by the **uncertainty** against one of the server, all stamps of a trial by the same amount.' +
        ' Between two stamps of the page (callback to DOM) it cancels.',
      '**Step**: the smallest that the page saw of its clock, which the browser makes coarse on purpose; each single stamp may be off by as much. A page that is' +
        ' cross-origin isolated, as this one is made to be, has steps of 5 µs, any other 100 µs.',
      'The offset is found anew in every trial. A difference between arms that is smaller than the uncertainty should not be trusted, whatever its verdict.',
      'The processor time of the browser is in a row of its own. “Client” in the other tables is the load process, which tells the page what to open and hears it out' +
        ' every 100 ms; what it cannot see of a page is left out there, and gates that would need it say so.',
    ]),
  ]);
}

/** Lines under the verdicts in the terminal; empty for a run without a page. */
export function renderBrowserText(context: ReportContext): string {
  const { browser, loadPoints } = context.analysis;
  if (browser === undefined) return '';
  const lines = loadPoints.flatMap((point) =>
    contestantsAt(context, point)
      .filter(({ arm }) => isBrowser(arm.client))
      .map(
        ({ title, text }) =>
          `${title}: from the write to the DOM p50 ${text('append.transport.p50')}, p99 ${text('append.transport.p99')}; of it in the page's callback p50 ${text('append.page.p50')}`,
      ),
  );
  const worst = Math.max(...browser.arms.flatMap(({ uncertaintyNs }) => uncertaintyNs.worst ?? []));
  const page = `Page in ${versionsOf(browser.arms)}; its clock is known to ${plusMinus(Number.isFinite(worst) ? worst : undefined)}.`;
  return [...lines, page].flatMap((line) => wrap(line, TERMINAL_COLUMNS)).join('\n');
}

function versionsOf(arms: readonly PageOfArm[]): string {
  const versions = [...new Set(arms.flatMap(({ versions }) => versions))];
  return versions.length === 0 ? 'a browser that completed no trial' : versions.join(' and ');
}

function clockRow(analysis: Analysis, page: PageOfArm): readonly string[] {
  return [
    armTitleOf(analysis, page.arm),
    plusMinus(page.uncertaintyNs.median),
    plusMinus(page.uncertaintyNs.worst),
    formatValue(page.resolutionNs, 'ns'),
    page.trials === 0 ? UNKNOWN : page.isIsolated ? 'yes' : '**no**',
    `${formatCount(page.moved)} of ${formatCount(page.trials)}`,
  ];
}

function plusMinus(ns: number | undefined): string {
  return ns === undefined ? UNKNOWN : `±${formatValue(ns, 'ns')}`;
}

/** Sentences on what differs between arms that a page receives, besides the transport. */
export function browserAsymmetries({ plan, browser }: Analysis): readonly string[] {
  const pages = plan.arms.filter(({ client }) => isBrowser(client));
  if (browser === undefined) return [];
  const kept = pages.filter(reusesConnections);
  const connections = [
    ...transportsOf(kept),
    ...transportsOf(pages.filter((arm) => !reusesConnections(arm))),
  ];
  const means = [...new Set(connections.flatMap(({ inBrowser }) => inBrowser?.connection ?? []))];
  return [
    ...(pages.length < plan.arms.length
      ? [
          'Some arms were received by a page and others were not: their difference is that of the receivers, too.',
        ]
      : []),
    ...new Set(pages.flatMap(({ client }) => clientStacks[client].asymmetry ?? [])),
    ...(kept.length > 0
      ? [
          `${capitalised(means.join('; '))}. Opening a stream includes that. A page hears nothing of its connections, so there is no TCP connect to compare as a negative control.`,
        ]
      : []),
  ];
}

/** Sentences on what a result measured in a page does not say. */
export function browserLimits({ browser }: Analysis): readonly string[] {
  return browser !== undefined
    ? [
        'One browser took part, headless, with one page in the foreground that does nothing else. Other browsers, pages in the background and pages with more to draw differ.',
      ]
    : [];
}
