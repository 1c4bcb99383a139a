// Writes the report of a suite: the answer of each part as its own report has it, their joint
// result on the claim, and where the rest is.

import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount, formatWallTime } from '../format.ts';
import { renderHtmlPage, type HtmlPage } from '../formats/html-page.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import {
  alert,
  deepen,
  flow,
  heading,
  left,
  list,
  right,
  section,
  shellCode,
  table,
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
import { renderClaim } from './claims.ts';
import type { SuiteContext, SuitePart } from './suite-context.ts';

/** As Markdown: the same parts give the same text, to the byte. */
export function renderSuiteReport(suite: SuiteContext): string {
  return `${renderMarkdown(suiteBlocks(suite))}\n`;
}

/** As one HTML file. */
export function renderSuitePage(suite: SuiteContext, options: Pick<HtmlPage, 'svgOf'>): string {
  return renderHtmlPage({ blocks: suiteBlocks(suite), ...options });
}

function suiteBlocks({ suite, claim, parts }: SuiteContext): readonly Block[] {
  const names = suite.parts.map(({ scenario }) => scenario);
  return flow([
    heading(1, `SSE or WebSocket? ${names.join(', ')} (${suite.name})`),
    `${formatCount(parts.length)} scenarios, measured one after another. Started ${suite.startedAt}. Each is a run of its own, with a report of its own.`,
    `Each scenario is a family of tests of its own: Holm’s correction covers the endpoints and load points within it, so the chance of a false claim is held at 5 % in each of them, not in all together.`,
    alarm(parts),
    ...parts.map(renderPart),
    renderClaim(
      claim,
      parts.map(({ context }) => context),
    ),
    renderReports(parts),
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

function renderPart({ folder, context, thresholds, charts }: SuitePart): Content {
  const shown = charts.slice(0, MOST_CHARTS);
  return [
    deepen(renderHeadline(context)),
    deepen(flow(firstPart(context))),
    chartFigures(shown, `${folder}/`),
    deepen(renderThresholdSection(thresholds, context)),
    `Everything else, and all ${charts.length === 0 ? 'tables' : 'charts and tables'}: [${folder}/report.md](${folder}/report.md).`,
  ];
}

/** The part that a report shows first. */
function firstPart(context: RunReport): Content {
  return context.analysis.pilot === undefined ? renderAnswer(context, []) : renderPilot(context);
}

function renderReports(parts: readonly SuitePart[]): readonly Block[] {
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
    `[${folder}/report.md](${folder}/report.md)`,
    `${formatCount(analysis.trials.completed)} of ${formatCount(analysis.trials.planned)}`,
    formatCount(analysis.trials.failed),
    formatWallTime(analysis.costNs.wall),
    code(analysis.planSha256.slice(0, 12)),
  ]);
  return section('Reports', [table(columns, rows)]);
}
