// Renders the report of a suite as Markdown: the answer of each part as its own report has it, their joint result on the claim,
// and where the rest is.

import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount, formatWallTime } from '../format.ts';
import { alertBlock, code, demote, joinBlocks, left, renderTable, right, section } from '../markdown.ts';
import type { RunReport } from '../scenario-parts.ts';
import { renderAnswer } from '../sections/answer.ts';
import { renderChartImages } from '../sections/chart-links.ts';
import { renderHeadline } from '../sections/headline.ts';
import { renderPilot } from '../sections/pilot.ts';
import { renderThresholdSection } from '../thresholds.ts';
import { renderClaim } from './claims.ts';
import type { SuiteContext, SuitePart } from './suite-context.ts';

/** The same parts give the same text, to the byte. */
export function renderSuiteReport({ suite, claim, parts }: SuiteContext): string {
  const names = suite.parts.map(({ scenario }) => scenario);
  const blocks = [
    `# SSE or WebSocket? ${names.join(', ')} (${suite.name})`,
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
      `\`\`\`sh\n${suite.command}\n\`\`\``,
      'Or one scenario of it alone:',
      `\`\`\`sh\n${parts.map(({ context }) => context.analysis.command).join('\n')}\n\`\`\``,
    ]),
  ];
  return `${joinBlocks(blocks)}\n`;
}

/** Warning above everything else that names the parts whose results cannot be trusted. */
function alarm(parts: readonly SuitePart[]): string {
  const lines = parts.flatMap(({ folder, context: { analysis } }) => {
    const states = statesOf(analysis);
    return states.length === 0 ? [] : [`- ${folder}: **${states.join('**, **')}**`];
  });
  return lines.length === 0 ? '' : alertBlock('CAUTION', ['Read these scenarios with care:', '', ...lines]);
}

function statesOf({ loadPoints, isComplete }: Analysis): readonly string[] {
  return [
    ...(loadPoints.some(({ invalid }) => invalid.length > 0) ? ['INVALID'] : []),
    ...(loadPoints.some(({ harnessLimited }) => harnessLimited.length > 0) ? ['HARNESS-LIMITED'] : []),
    ...(isComplete ? [] : ['INCOMPLETE']),
  ];
}

/** The first charts of a report are those on its question; the others are only in that report. */
const MOST_CHARTS = 2;

function renderPart({ folder, context, thresholds, charts }: SuitePart): string {
  const shown = charts.slice(0, MOST_CHARTS);
  return joinBlocks([
    demote(renderHeadline(context)),
    demote(firstPart(context)),
    ...renderChartImages(shown, `${folder}/`),
    demote(renderThresholdSection(thresholds, context)),
    `Everything else, and all ${charts.length === 0 ? 'tables' : 'charts and tables'}: [${folder}/report.md](${folder}/report.md).`,
  ]);
}

/** The part that a report shows first. */
function firstPart(context: RunReport): string {
  return context.analysis.pilot === undefined ? renderAnswer(context, []) : renderPilot(context);
}

function renderReports(parts: readonly SuitePart[]): string {
  const columns = [left('scenario'), left('report'), right('trials completed'), right('failed'), right('wall time'), left('plan SHA-256')];
  const rows = parts.map(({ folder, context: { analysis } }) => [
    analysis.plan.scenario,
    `[${folder}/report.md](${folder}/report.md)`,
    `${formatCount(analysis.trials.completed)} of ${formatCount(analysis.trials.planned)}`,
    formatCount(analysis.trials.failed),
    formatWallTime(analysis.costNs.wall),
    code(analysis.planSha256.slice(0, 12)),
  ]);
  return section('Reports', [renderTable(columns, rows)]);
}
