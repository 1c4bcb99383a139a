// Renders the report of one run as Markdown: the answer first, then its evidence, then its limits.

import type { Analysis } from '../analysis/analysis.ts';
import type { ThresholdResult } from '../analysis/thresholds.ts';
import { renderBrowser } from './browser.ts';
import { renderCanary } from './canary.ts';
import { joinBlocks, section } from './markdown.ts';
import { CLOCK_CHART } from './charts/reconnect-clock.ts';
import { RATIO_CHART } from './charts/fault-ratios.ts';
import { HERD_CHART } from './charts/herd-recovery.ts';
import { renderAbsentFaults } from './recovery/absent-faults.ts';
import { renderClientViews } from './recovery/client-views.ts';
import { renderClock } from './recovery/clock.ts';
import { renderDeadPeers } from './recovery/dead-peers.ts';
import { renderFaultVerdicts } from './recovery/fault-verdicts.ts';
import { renderHerd } from './recovery/herd.ts';
import { renderLosses } from './recovery/losses.ts';
import { recoveryContext, type RecoveryContext } from './recovery/recovery-context.ts';
import { isEqualArmsRun, type MetricText, type ReportContext } from './report-context.ts';
import { partsOf } from './scenario-parts.ts';
import type { ScenarioParts } from './scenarios/parts.ts';
import { renderAsymmetries } from './sections/asymmetries.ts';
import { renderChartLinks, type ChartLink } from './sections/chart-links.ts';
import { renderDefinitions } from './sections/definitions.ts';
import { renderExploratory } from './sections/exploratory.ts';
import { renderFailures } from './sections/failures.ts';
import { renderHeadline } from './sections/headline.ts';
import { renderNoiseFloor } from './sections/noise-floor.ts';
import { renderPilot } from './sections/pilot.ts';
import { renderHowToRead, renderLimits } from './sections/reading.ts';
import { renderCost, renderEnvironment, renderRepetition } from './sections/reproduction.ts';
import { renderResults } from './sections/results.ts';
import { renderValidity } from './sections/validity.ts';
import { renderVerdicts } from './sections/verdicts.ts';
import { renderWhy } from './sections/why.ts';
import { renderClaims } from './suite/claims.ts';
import { renderThresholdSection } from './thresholds.ts';

export interface ReportOptions {
  readonly metrics: readonly MetricText[];
  /** The charts that exist in the run folder. */
  readonly charts: readonly ChartLink[];
  /** The results of the run's thresholds. */
  readonly thresholds?: readonly ThresholdResult[];
}

/** The same analysis gives the same text, to the byte. A pilot shows nothing that compares the arms. */
export function renderReport(analysis: Analysis, { metrics, charts, thresholds = [] }: ReportOptions): string {
  const context: ReportContext = { analysis, metrics };
  const blocks = [
    renderHeadline(analysis),
    renderPilot(context),
    ...(analysis.pilot === undefined ? [...comparison(context, charts), renderCanary(context)] : []),
    renderThresholdSection(thresholds, context),
    renderValidity(context),
    renderFailures(analysis),
    renderAsymmetries(analysis),
    renderEnvironment(analysis),
    renderRepetition(analysis),
    renderDefinitions(context),
    renderLimits(analysis),
    renderCost(analysis),
  ];
  return `${joinBlocks(blocks)}\n`;
}

function comparison(context: ReportContext, charts: readonly ChartLink[]): readonly string[] {
  const faulted = recoveryContext(context);
  if (faulted !== undefined) return recovery(faulted, charts);
  const parts = partsOf(context.analysis);
  if (parts !== undefined) return ofScenario(parts, context, charts);
  return [
    isEqualArmsRun(context.analysis) ? section('Noise floor', [renderNoiseFloor(context)]) : renderVerdicts(context),
    renderBrowser(context),
    renderHowToRead(context.analysis),
    renderChartLinks(charts),
    renderResults(context),
    renderExploratory(context),
    renderWhy(context),
  ];
}

/** Sections of scenarios with conditions of their own. */
function ofScenario(parts: ScenarioParts, context: ReportContext, charts: readonly ChartLink[]): readonly string[] {
  return [
    isEqualArmsRun(context.analysis) ? section('Noise floor', [renderNoiseFloor(context)]) : renderVerdicts(context),
    ...parts.sections(context, charts),
    renderClaims([context]),
    renderHowToRead(context.analysis),
    renderResults(context),
    renderExploratory(context),
  ];
}

/** Sections of scenarios with fault injection: they ask when streams resume and what was lost, not how promptly tokens arrive. */
function recovery(context: RecoveryContext, charts: readonly ChartLink[]): readonly string[] {
  return [
    renderFaultVerdicts(context, chartsOf(charts, RATIO_CHART)),
    renderHowToRead(context.analysis),
    renderHerd(context, chartsOf(charts, HERD_CHART)),
    renderClock(context, chartsOf(charts, CLOCK_CHART)),
    renderLosses(context),
    renderClientViews(context),
    renderDeadPeers(context),
    renderAbsentFaults(context),
    renderResults(context),
    renderExploratory(context),
  ];
}

function chartsOf(charts: readonly ChartLink[], prefix: string): readonly ChartLink[] {
  return charts.filter(({ file }) => file.startsWith(prefix));
}
