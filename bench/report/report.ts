// Writes the report of one run: the answer first, then its evidence, then its limits.

import type { ThresholdResult } from '../analysis/thresholds.ts';
import type { ClaimReading } from '../claims/claim-reading.ts';
import { renderArrivals } from './arrivals.ts';
import { renderBrowser } from './browser.ts';
import { renderCanary } from './canary.ts';
import { flow, type Block, type Content } from './blocks.ts';
import { claimsSection } from './claims/claims-section.ts';
import { MOST_PAGE_BYTES, renderHtmlPage, type HtmlPage } from './formats/html-page.ts';
import { renderMarkdown } from './formats/markdown.ts';
import { renderEffects, renderTrials, withoutCourses, type PageViews } from './page/page-views.ts';
import type { RunReport } from './scenario-parts.ts';
import { renderAgents } from './sections/agents.ts';
import { renderAnswer } from './sections/answer.ts';
import { renderAsymmetries } from './sections/asymmetries.ts';
import type { ChartLink } from './sections/chart-links.ts';
import { renderDefinitions } from './sections/definitions.ts';
import { renderExploratory } from './sections/exploratory.ts';
import { renderFailures } from './sections/failures.ts';
import { renderHeadline } from './sections/headline.ts';
import { renderPilot } from './sections/pilot.ts';
import { renderProxies } from './sections/proxies.ts';
import { renderHowToRead, renderLimits } from './sections/reading.ts';
import { renderCost, renderEnvironment, renderRepetition } from './sections/reproduction.ts';
import { renderResults } from './sections/results.ts';
import { renderValidity } from './sections/validity.ts';
import { renderThresholdSection } from './thresholds.ts';
import { termsOf } from './page/terms.ts';

export interface ReportOptions {
  /** The charts that exist in the run folder. */
  readonly charts: readonly ChartLink[];
  /** The results of the run's thresholds. */
  readonly thresholds?: readonly ThresholdResult[];
  /** The claims on which the run bears. */
  readonly claims?: readonly ClaimReading[];
  /** What a page shows besides. */
  readonly views?: PageViews;
}

/** As Markdown: the same analysis gives the same text, to the byte. */
export function renderReport(context: RunReport, options: ReportOptions): string {
  return `${renderMarkdown(reportBlocks(context, options))}\n`;
}

/**
 * As one HTML file, with its charts within. Where many load points or arms would make it too large,
 * the course of the window is left out, which it says.
 */
export function renderReportPage(
  context: RunReport,
  options: ReportOptions & Pick<HtmlPage, 'svgOf'>,
): string {
  const renderWith = (shown: ReportOptions): string =>
    renderHtmlPage({
      blocks: reportBlocks(context, shown),
      svgOf: options.svgOf,
      terms: termsOf(context),
    });
  const page = renderWith(options);
  return options.views === undefined || Buffer.byteLength(page) <= MOST_PAGE_BYTES
    ? page
    : renderWith({ ...options, views: withoutCourses(options.views) });
}

/** A pilot shows nothing that compares the arms. */
export function reportBlocks(
  context: RunReport,
  { charts, thresholds = [], claims = [], views }: ReportOptions,
): readonly Block[] {
  const { analysis } = context;
  return flow([
    renderHeadline(context),
    renderPilot(context),
    ...(analysis.pilot === undefined
      ? [...comparison(context, charts, views), renderCanary(context)]
      : []),
    views === undefined ? [] : renderTrials(context, views),
    renderThresholdSection(thresholds, context),
    claimsSection(claims),
    renderValidity(context),
    renderFailures(analysis),
    renderAsymmetries(context),
    renderProxies(analysis),
    renderAgents(analysis),
    renderEnvironment(analysis),
    renderRepetition(context),
    renderDefinitions(context),
    renderLimits(context),
    renderCost(analysis),
  ]);
}

function comparison(
  context: RunReport,
  charts: readonly ChartLink[],
  views: PageViews | undefined,
): readonly Content[] {
  const { parts } = context;
  return [
    renderAnswer(context, charts),
    views === undefined ? [] : renderEffects(views),
    parts.sections?.(context, charts) ?? [],
    renderArrivals(context),
    renderBrowser(context),
    renderHowToRead(context),
    parts.evidence?.(context, charts) ?? [],
    renderResults(context),
    renderExploratory(context),
    parts.explanation?.(context) ?? [],
  ];
}
