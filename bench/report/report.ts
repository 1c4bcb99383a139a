// The report of one run as Markdown: the answer first, then what it rests on, then what it does not say.

import type { Analysis } from '../analysis/analysis.ts';
import { joinBlocks } from './markdown.ts';
import type { MetricText, ReportContext } from './report-context.ts';
import { renderAsymmetries } from './sections/asymmetries.ts';
import { renderChartLinks, type ChartLink } from './sections/chart-links.ts';
import { renderDefinitions } from './sections/definitions.ts';
import { renderExploratory } from './sections/exploratory.ts';
import { renderFailures } from './sections/failures.ts';
import { renderHeadline } from './sections/headline.ts';
import { renderHowToRead, renderLimits } from './sections/reading.ts';
import { renderCost, renderEnvironment, renderRepetition } from './sections/reproduction.ts';
import { renderResults } from './sections/results.ts';
import { renderValidity } from './sections/validity.ts';
import { renderVerdicts } from './sections/verdicts.ts';
import { renderWhy } from './sections/why.ts';

export interface ReportOptions {
  readonly metrics: readonly MetricText[];
  /** The charts that exist in the run folder. */
  readonly charts: readonly ChartLink[];
}

/** The same analysis gives the same text, to the byte. */
export function renderReport(analysis: Analysis, { metrics, charts }: ReportOptions): string {
  const context: ReportContext = { analysis, metrics };
  const blocks = [
    renderHeadline(analysis),
    renderVerdicts(context),
    renderHowToRead(analysis),
    renderChartLinks(charts),
    renderResults(context),
    renderExploratory(context),
    renderWhy(context),
    renderValidity(context),
    renderFailures(analysis),
    renderAsymmetries(analysis),
    renderEnvironment(analysis),
    renderRepetition(analysis),
    renderDefinitions(metrics),
    renderLimits(analysis),
    renderCost(analysis),
  ];
  return `${joinBlocks(blocks)}\n`;
}
