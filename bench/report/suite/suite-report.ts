// Writes the report of a suite: the answer of each part as its own report has it, what
// they say of the claims together, and where the rest is.

import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount, formatWallTime } from '../format.ts';
import { MOST_PAGE_BYTES, renderHtmlPage, type HtmlPage } from '../formats/html-page.ts';
import { claimsSection } from '../claims/claims-section.ts';
import { explainedWords } from '../page/terms.ts';
import { reportBlocks } from '../report.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import {
  alert,
  deepen,
  details,
  flow,
  heading,
  left,
  list,
  right,
  section,
  shellCode,
  table,
  within,
  type Block,
  type Content,
} from '../blocks.ts';
import { code } from '../inline.ts';
import type { RunReport } from '../scenario-parts.ts';
import { renderAnswer } from '../sections/answer.ts';
import { chartFigures } from '../sections/chart-links.ts';
import { renderHeadline } from '../sections/headline.ts';
import { renderPilot } from '../sections/pilot.ts';
import { renderThresholdSection } from '../thresholds.ts';
import type { SuiteContext, SuitePart } from './suite-context.ts';

/** As Markdown: the same parts give the same text, to the byte. */
export function renderSuiteReport(suite: SuiteContext): string {
  return `${renderMarkdown(suiteBlocks(suite, { file: 'report.md', whole: new Set() }))}\n`;
}

/**
 * As one HTML file, in which the whole report of each part is folded. Where that is too large, the
 * largest are left out, and linked like in Markdown.
 */
export function renderSuitePage(suite: SuiteContext, options: Pick<HtmlPage, 'svgOf'>): string {
  const whole = new Set(suite.parts);
  const terms = explainedWords(suite.parts.flatMap(({ context }) => context.metrics));
  const renderWith = (folded: ReadonlySet<SuitePart>): string =>
    renderHtmlPage({
      blocks: suiteBlocks(suite, { file: 'report.html', whole: folded }),
      terms,
      ...options,
    });
  const sizes = new Map<SuitePart, number>();
  for (;;) {
    const page = renderWith(whole);
    if (whole.size === 0 || Buffer.byteLength(page) <= MOST_PAGE_BYTES) return page;
    if (sizes.size === 0)
      for (const part of whole) sizes.set(part, renderWith(new Set([part])).length);
    const [largest] = [...whole].toSorted(
      (one, other) => (sizes.get(other) ?? 0) - (sizes.get(one) ?? 0),
    );
    if (largest !== undefined) whole.delete(largest);
  }
}

interface SuiteForm {
  /** Name of the reports of the parts in this format. */
  readonly file: 'report.md' | 'report.html';
  /** Parts whose whole report is in the document. */
  readonly whole: ReadonlySet<SuitePart>;
}

function suiteBlocks({ suite, claims, parts }: SuiteContext, form: SuiteForm): readonly Block[] {
  const names = suite.parts.map(({ scenario }) => scenario);
  return flow([
    heading(1, `SSE or WebSocket? ${names.join(', ')} (${suite.name})`),
    `${formatCount(parts.length)} scenarios, measured one after another. Started ${suite.startedAt}. Each is a run of its own, with a report of its own.`,
    `Each scenario is a family of tests of its own: Holm’s correction covers the endpoints and load points within it, so the chance of a false claim is held at 5 % in each of them, not in all together.`,
    alarm(parts),
    ...parts.map((part) => renderPart(part, form)),
    claimsSection(claims),
    renderReports(parts, form),
    section('Repeat it', [
      shellCode(suite.command),
      'Or one scenario of it alone:',
      shellCode(parts.map(({ context }) => context.analysis.command).join('\n')),
    ]),
  ]);
}

/** Warning above everything else that names the parts whose results cannot be trusted. */
function alarm(parts: readonly SuitePart[]): Content {
  const lines = parts.flatMap(({ folder, context: { analysis } }) => {
    const states = statesOf(analysis);
    return states.length === 0 ? [] : [`${folder}: **${states.join('**, **')}**`];
  });
  return lines.length === 0
    ? []
    : alert('caution', ['Read these scenarios with care:', list(lines)]);
}

function statesOf({ loadPoints, isComplete }: Analysis): readonly string[] {
  return [
    ...(loadPoints.some(({ invalid }) => invalid.length > 0) ? ['INVALID'] : []),
    ...(loadPoints.some(({ harnessLimited }) => harnessLimited.length > 0)
      ? ['HARNESS-LIMITED']
      : []),
    ...(loadPoints.some(({ missedControls }) => missedControls !== undefined)
      ? ['HARNESS-LIMITED IN PART']
      : []),
    ...(isComplete ? [] : ['INCOMPLETE']),
  ];
}

/** The first charts of a report are those on its question; the others are only in that report. */
const MOST_CHARTS = 2;

function renderPart(part: SuitePart, { file, whole }: SuiteForm): Content {
  const { folder, context, thresholds, charts, views } = part;
  const shown = charts.slice(0, MOST_CHARTS);
  const all = charts.length === 0 ? 'tables' : 'charts and tables';
  return [
    deepen(renderHeadline(context)),
    deepen(flow(firstPart(context))),
    chartFigures(shown, `${folder}/`),
    deepen(renderThresholdSection(thresholds, context)),
    whole.has(part)
      ? details(
          `The whole report of ${folder}, with all ${all}`,
          within(
            folder,
            deepen(
              reportBlocks(context, { charts, thresholds, ...(views !== undefined && { views }) }),
              2,
            ),
          ),
        )
      : `Everything else, and all ${all}: [${folder}/${file}](${folder}/${file}).`,
  ];
}

/** The part that a report shows first. */
function firstPart(context: RunReport): Content {
  return context.analysis.pilot === undefined ? renderAnswer(context, []) : renderPilot(context);
}

function renderReports(parts: readonly SuitePart[], { file }: SuiteForm): readonly Block[] {
  const columns = [
    left('scenario'),
    left('report'),
    right('trials completed'),
    right('failed'),
    right('wall time'),
    left('plan SHA-256'),
  ];
  const rows = parts.map(({ folder, context: { analysis } }) => [
    analysis.plan.scenario,
    `[${folder}/${file}](${folder}/${file})`,
    `${formatCount(analysis.trials.completed)} of ${formatCount(analysis.trials.planned)}`,
    formatCount(analysis.trials.failed),
    formatWallTime(analysis.costNs.wall),
    code(analysis.planSha256.slice(0, 12)),
  ]);
  return section('Reports', [table(columns, rows)]);
}
